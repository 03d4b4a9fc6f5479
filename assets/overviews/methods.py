"""The methods that an overview looks for, in every field that arXiv covers.

A fixed list, because no statistic tells a method from a subject. Each entry is the name that the page
prints and the phrases that count as a mention (whole words, plurals included, hyphens as spaces).
To follow another method, add a line.
"""

from __future__ import annotations

import polars as pl

from assets.overviews.material import Material
from assets.overviews.mentions import mention

METHODS: dict[str, tuple[str, ...]] = {
    # learning and inference
    "reinforcement learning": ("reinforcement learning",),
    "diffusion models": ("diffusion model", "diffusion based", "score based generative", "denoising diffusion"),
    "flow matching": ("flow matching", "rectified flow"),
    "normalizing flows": ("normalizing flow", "normalising flow"),
    "transformers": ("transformer", "self attention"),
    "state-space models": ("state space model", "mamba"),
    "mixture of experts": ("mixture of experts",),
    "graph neural networks": ("graph neural network", "gnn", "message passing neural"),
    "convolutional networks": ("convolutional neural network", "convolutional network", "cnn", "u net"),
    "recurrent networks": ("recurrent neural network", "rnn", "lstm", "long short term memory"),
    "spiking networks": ("spiking neural network",),
    "adversarial training": ("adversarial training",),
    "generative adversarial networks": ("generative adversarial network", "gan"),
    "variational autoencoders": ("variational autoencoder", "variational auto encoder", "vae"),
    "autoencoders": ("autoencoder", "auto encoder"),
    "contrastive learning": ("contrastive learning", "contrastive loss"),
    "self-supervised learning": ("self supervised",),
    "federated learning": ("federated learning",),
    "continual learning": ("continual learning", "lifelong learning"),
    "transfer learning": ("transfer learning", "domain adaptation"),
    "meta-learning": ("meta learning",),
    "active learning": ("active learning",),
    "low-rank adaptation": ("low rank adaptation", "lora"),
    "retrieval-augmented generation": ("retrieval augmented", "rag"),
    "in-context learning": ("in context learning", "few shot prompting"),
    "chain of thought": ("chain of thought",),
    "preference optimization": ("preference optimization", "dpo", "rlhf", "human feedback"),
    "quantization": ("quantization", "quantisation"),
    "pruning": ("pruning",),
    "knowledge distillation": ("distillation",),
    "neural operators": ("neural operator",),
    "physics-informed networks": ("physics informed",),
    "Gaussian processes": ("gaussian process",),
    "Bayesian inference": ("bayesian inference", "posterior inference", "bayesian model", "bayesian method"),
    "variational inference": ("variational inference",),
    "conformal prediction": ("conformal prediction", "conformal inference"),
    "causal inference": ("causal inference", "causal discovery", "treatment effect"),
    "kernel methods": ("kernel method", "reproducing kernel", "kernel ridge"),
    "tree ensembles": ("random forest", "gradient boosting", "xgboost", "boosted tree"),
    "optimal transport": ("optimal transport", "wasserstein"),
    # mathematics, computation and statistics
    "Monte Carlo methods": ("monte carlo", "mcmc"),
    "stochastic gradient descent": ("stochastic gradient",),
    "convex optimization": ("convex optimization", "semidefinite programming", "linear programming"),
    "integer programming": ("integer programming", "integer linear", "combinatorial optimization"),
    "evolutionary algorithms": ("evolutionary algorithm", "genetic algorithm", "evolutionary search"),
    "finite elements": ("finite element",),
    "regression analysis": ("logistic regression", "linear regression", "regression analysis"),
    "stochastic differential equations": ("stochastic differential equation",),
    "formal verification": ("formal verification", "theorem proving", "model checking"),
    # physics and neighbouring fields
    "density functional theory": ("density functional",),
    "molecular dynamics": ("molecular dynamics",),
    "lattice calculations": ("lattice qcd", "lattice gauge", "lattice simulation"),
    "effective field theory": ("effective field theory",),
    "perturbation theory": ("perturbation theory",),
    "renormalization group": ("renormalization group", "renormalisation group"),
    "N-body and hydrodynamic simulations": (
        "n body simulation",
        "hydrodynamic simulation",
        "hydrodynamical simulation",
    ),
    "spectroscopy": ("spectroscopy", "spectroscopic"),
    "tensor networks": ("tensor network", "matrix product state", "dmrg"),
    "quantum algorithms": ("quantum algorithm", "variational quantum", "quantum circuit"),
    # studies
    "surveys of the literature": ("systematic review", "this survey", "comprehensive survey", "literature review"),
    "user studies": ("user study", "semi structured interview", "human evaluation"),
    "randomized trials": ("randomized controlled", "randomised controlled", "clinical trial"),
}


def method_rows(material: Material) -> dict[str, pl.Series]:
    """For each method the papers (booleans by row) whose title or abstract names it."""
    found = mention(material.texts, [phrase for phrases in METHODS.values() for phrase in phrases])
    rows = {}
    for name, phrases in METHODS.items():
        marks = found[phrases[0]]
        for phrase in phrases[1:]:
            marks = marks | found[phrase]
        rows[name] = marks
    return rows
