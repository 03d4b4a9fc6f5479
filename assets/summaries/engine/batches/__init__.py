"""The same asks through an endpoint's batches, at half the price and within a day.

What stands where: `store` what was submitted, on disk before and after; `client` files and batches over the wire;
`results` what came back; `parts` the files of requests; `rounds` all of it for the days of a run; `summarizer` the
door. An answer goes into the same journal under the same key as one that was asked live, so that either way finds what
the other has paid for.
"""
