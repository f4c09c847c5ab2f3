"""The commands of `im2latex`, one a file: `add_to(commands)` adds its parser, whose `run` takes the options."""
