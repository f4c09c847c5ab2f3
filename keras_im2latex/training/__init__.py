"""What training needs beside the model: losses, schedules, input pipeline, distribution."""
