"""The questions behind the numbers of the pages, one SQL file each; `assets.overviews.answers` asks them."""
