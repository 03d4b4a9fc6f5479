"""Writing with a model: notes of papers, a plan that names the citations first, text from the notes, a check, repairs.

Nothing that a model writes is published unless the check lets it through; what fails twice is told by rules.
"""
