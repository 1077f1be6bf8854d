"""What an argument is called elsewhere: in other libraries, or by a slip of the keyboard."""

from __future__ import annotations

from difflib import get_close_matches


def remedy(name: str, known: list[str]) -> str:
    """The right name for an argument."""
    small = name.lower()
    rights = [right for right, others in _ELSEWHERE.items() if small in (right.lower(), *others.split())]
    for right in rights:
        if right in known:
            return f", which is called {right} here"
    for right in rights:
        other, says = _OF_OTHERS.get(right, ("", ""))
        if other in known:
            return f": {says}"
    close = get_close_matches(small, known, n=1)
    return f"; did you mean {close[0]}?" if close else f"; it takes {', '.join(known)}"


# What other libraries call it, and what it is called here; of several names the first that the function takes.
_ELSEWHERE = {
    "lr": "learning_rate learningrate rate eta alpha "
    "step_size stepsize lr_schedule schedule scheduler learning_rate_init",
    "optimizer": "optimiser opt optim solver",
    "epochs": "epoch n_epochs num_epochs nb_epoch nb_epochs max_epochs iterations n_iter num_iter max_iter steps",
    "batch_size": "batch batchsize minibatch mini_batch minibatch_size bs n_batch",
    "size": "batch batch_size batchsize",
    "loss": "criterion loss_fn loss_function lossfn objective cost error",
    "X": "x inputs data features rows X_train x_train",
    "y": "Y target targets labels label outputs y_train",
    "validation_data": "val_data valid_data validation eval_set test_data",
    "validation_split": "val_split validation_fraction test_split holdout valid_split",
    "metrics": "metric scoring",
    "callbacks": "callback hooks hook",
    "progress": "verbose quiet show_progress bar progress_bar disp",
    "seed": "random_state random_seed rng random generator shuffle_seed",
    "acceptable": "tol tolerance goal target_loss",
    "patience": "n_iter_no_change early_stopping wait",
    "min_delta": "delta min_improvement threshold tol",
    "resume": "checkpoint resume_from restore initial_state load_from",
    "engine": "backend mode compile compiled jit device",
    "momentum": "mu beta",
    "betas": "beta1 beta2 beta_1 beta_2 b1 b2 beta",
    "eps": "epsilon",
    "decay": "alpha rho beta smoothing",
    "weight_decay": "l2 wd decay weightdecay l2_penalty regularization",
    "clip_norm": "clipnorm max_norm max_grad_norm grad_clip clip gradient_clip global_clipnorm",
    "clip_value": "clipvalue clip_by_value max_grad_value",
    "parameters": "params model weights variables parameter",
    "strength": "lambda_ weight l2 l1 alpha coefficient",
    "activation": "act activations activation_function nonlinearity activation_fn",
    "init": "initializer initialiser kernel_initializer weight_init initialization",
    "nin": "in_features n_in input_size input_dim inputs n_inputs fan_in size_in",
    "nout": "out_features n_out output_size output_dim outputs n_outputs units fan_out size_out",
    "nouts": "sizes layers hidden hidden_sizes hidden_layer_sizes layer_sizes nout outputs units",
    "count": "num_embeddings vocab_size input_dim n",
    "rate": "lr learning_rate initial_lr base_lr max_lr p drop dropout dropout_rate probability prob",
    "monitor": "metric quantity watch column",
    "largest": "mode maximize maximise higher_is_better",
    "restore_best_weights": "restore_best restore keep_best",
    "every": "save_freq period interval frequency step_size",
    "path": "file filename filepath file_path name",
    "steps": "t_max total_steps max_steps n_steps num_steps decay_steps warmup warmup_steps epochs",
    "end": "eta_min min_lr final final_lr end_lr",
    "then": "after schedule lr",
    "factor": "gamma decay_rate decay",
    "test": "test_size split fraction share test_share",
    "n": "n_samples samples count size points",
    "noise": "std sigma deviation",
    "predictions": "y_pred prediction predicted outputs output preds logits input",
    "targets": "y_true target labels label truth y expected",
    "weights": "sample_weight sample_weights weight",
    "class_weights": "class_weight pos_weight weight",
    "shuffle": "shuffled reshuffle",
    "classes": "num_classes n_classes class_names labels names",
}
_OF_OTHERS = {  # what belongs to another argument
    "lr": ("optimizer", "the learning rate is the optimizer's, as in optimizer=nn.SGD(model.parameters(), lr=0.1)"),
    "momentum": ("optimizer", "momentum is the optimizer's, as in optimizer=nn.SGD(model.parameters(), momentum=0.9)"),
    "weight_decay": (
        "optimizer",
        "it is the optimizer's, as in optimizer=nn.AdamW(model.parameters(), weight_decay=0.01)",
    ),
    "shuffle": ("seed", "each epoch has another order, which seed decides"),
}
