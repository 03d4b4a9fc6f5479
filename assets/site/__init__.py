"""The static site: pages, feeds, plots and the search index, made from what the lake holds."""
