"""All measurements that the docs quote, one after the other: `make bench`."""

from benchmarks import announcement_days, check_calibration, check_speed, pipeline, summarizer_quality, volume_check

for benchmark in (pipeline, announcement_days, volume_check, summarizer_quality, check_calibration, check_speed):
    print(f"\n== {benchmark.__name__} ==", flush=True)
    benchmark.main()
