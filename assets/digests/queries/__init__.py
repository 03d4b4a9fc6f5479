"""The questions behind a day's opening paragraph: one SELECT a file, over views of the warehouse and `digest_entries`.

`digest_entries` are the papers of the digest in its order, replacements and withdrawn papers left out.
"""
