"""Pictures to arrays: one set of graph operations for training, prediction and serving."""
