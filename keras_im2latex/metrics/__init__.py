"""The measures of the field: BLEU, edit distance, exact match, image match."""
