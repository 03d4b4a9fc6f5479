"""All measurements that the docs quote, one after the other: `make bench`."""

from benchmarks import announcement_days, pipeline, summarizer_quality

for benchmark in (pipeline, announcement_days, summarizer_quality):
    print(f"\n== {benchmark.__name__} ==", flush=True)
    benchmark.main()
