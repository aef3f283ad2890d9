namespace OrtTrainer.Text.Ids;

/// <summary>What BERT's normalizer and pre-tokenizer make of a UTF-16 unit, whatever stands beside it.</summary>
internal enum BertCharacterKind : byte
{
    /// <summary>One character of a word.</summary>
    Word,

    /// <summary>White space: ends a word.</summary>
    Space,

    /// <summary>A word of its own: punctuation or an ideograph.</summary>
    Single,

    /// <summary>Nothing: a control character or an accent.</summary>
    Dropped,

    /// <summary>
    /// Something that has to go the long way: several characters, surrogates, marks that may change places.
    /// </summary>
    Other,
}
