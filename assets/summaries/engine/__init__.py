"""The engine of model calls: papers in, rows of `summaries` out, over any OpenAI-compatible endpoint.

What stands where: `settings` what can be set; `prompt` what is asked; `dialect` in which form it is asked; `endpoint`
one request over the wire; `faults` what every failure means; `pacing`, `concurrency`, `latency` and `turnstile` how
fast requests go out (`learning` finds the rate); `calls` retries, hedges and the breaker around a request;
`decoding`, `tex`, `answers` and `grounding` what an answer says; `journal` and `budget` what was received and paid;
`paper` the asks of one paper; `run` a day of papers; `summarizer` the door to all of it. No Dagster here.
"""
