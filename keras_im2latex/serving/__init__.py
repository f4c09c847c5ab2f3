"""SavedModel export and serving."""
