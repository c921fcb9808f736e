//! Read models: pure folds of the log, thrown away and folded again at will.
