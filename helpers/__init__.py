"""What the notebooks import: data, objectives, encoders, one training loop, evaluation, pictures and feedback."""
