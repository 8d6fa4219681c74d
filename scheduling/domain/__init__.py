"""The words of the field. Standard library only; see docs/glossary.md."""
