"""Any file of formulas, rendered here."""
