"""The sentences that arXiv asks every product to show that uses its interfaces."""

ATTRIBUTION = (
    "Thank you to arXiv for use of its open access interoperability.",
    "This product was not reviewed or approved by, nor does it necessarily express or reflect the policies or "
    "opinions of, arXiv.",
)
