"""Moved: modules by the names they once had, for programs and for pickles of models."""

from autograd import moved

moved.moved("nn", "nn.layers", "module sequential dropout embedding freezing activations parameters summary")
moved.moved("nn", "nn.losses", "entropy penalties weighting samples>reading")
moved.moved("nn", "nn.optim", "optimizer clipping closed settings")
moved.moved("nn", "nn.data", "dataset generated tables")
moved.moved("nn", "nn.training", "train>fit stages>steps history checkpoint course draws engine interrupts tried>trial")
moved.moved("nn", "nn.training.callbacks", "progress")
moved.moved("nn", "nn.pictures", "grid plane")
moved.moved("nn", "nn.diagnosis", "symptoms")
moved.moved("nn", "nn.arguments", "checks keywords")
