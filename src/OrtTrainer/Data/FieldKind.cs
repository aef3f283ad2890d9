namespace OrtTrainer.Data;

/// <summary>What a field of a row was written as.</summary>
internal enum FieldKind
{
    /// <summary>Text: a JSON string, and every field of a format without kinds, such as CSV.</summary>
    Text,

    /// <summary>JSON's null.</summary>
    Null,

    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>JSON's true or false.</summary>
    Boolean,

    /// <summary>A JSON array.</summary>
    List,

    /// <summary>A JSON object.</summary>
    Object,
}
