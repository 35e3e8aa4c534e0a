"""A small tokenizer and small encoders of several families, made on the spot; no weights are fetched."""

from __future__ import annotations

from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = (
    "ratify",
    "the",
    "convention",
    "continue",
    "consider",
    "rights",
    "of",
    "women",
    "country",
    "##ing",
    "adopt",
    "law",
    "torture",
)
FAMILIES = ("bert", "roberta")
_WIDTHS = {"bert": 16, "distilbert": 24, "roberta": 24}


def tokenizer_json(special: tuple[str, ...] = SPECIAL) -> str:
    """A lower-casing WordPiece tokenizer that frames texts as BERT does. Args: `special`, in the order of
    their
    numbers.
    """
    entries = [*special, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS]
    vocabulary = {token: number for number, token in enumerate(entries)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(list(special))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
    )
    tokenizer.enable_padding(pad_id=vocabulary["[PAD]"], pad_token="[PAD]")
    content: str = tokenizer.to_str()
    return content


def pretrained_folder(folder: Path, family: str, layers: int = 2, width: int | None = None) -> Path:
    """A folder with a random encoder of a family and its tokenizer, as `save_pretrained` writes them.

    RoBERTa counts positions from its padding token, which is number 1 there.
    """
    import torch
    from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

    width = width or _WIDTHS[family]
    special = ("[CLS]", "[PAD]", "[SEP]", "[UNK]") if family == "roberta" else SPECIAL
    content = tokenizer_json(special)
    sizes = {"num_hidden_layers": layers, "num_attention_heads": 2, "max_position_embeddings": 160}
    inner = "hidden_dim" if family == "distilbert" else "intermediate_size"
    sizes |= {
        "hidden_size": width,
        inner: 2 * width,
        "vocab_size": Tokenizer.from_str(content).get_vocab_size(),
    }
    torch.manual_seed(3)
    config = AutoConfig.for_model(family, pad_token_id=special.index("[PAD]"), **sizes)
    AutoModel.from_config(config).save_pretrained(folder)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(content),
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )
    tokenizer.save_pretrained(folder)
    return folder
