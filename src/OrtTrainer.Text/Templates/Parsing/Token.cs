namespace OrtTrainer.Text.Templates.Parsing;

/// <summary>What a token of a template is.</summary>
internal enum TokenKind
{
    /// <summary>Text that is written as it is.</summary>
    Text,

    /// <summary>The beginning of an expression that is written, <c>{{</c>.</summary>
    OutputBegin,

    /// <summary>Its end.</summary>
    OutputEnd,

    /// <summary>The beginning of a statement, <c>{%</c>.</summary>
    BlockBegin,

    /// <summary>Its end.</summary>
    BlockEnd,

    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>A text in quotes, without them.</summary>
    String,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number with a fraction or an exponent.</summary>
    Float,

    /// <summary>A sign such as <c>+</c> or <c>==</c>.</summary>
    Sign,

    /// <summary>The end of the template.</summary>
    End,
}

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string, what it stands for.</param>
/// <param name="Place">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Text, Place Place)
{
    /// <summary>As messages name it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.String => $"the text '{Text}'",
        _ => $"'{Text}'",
    };

    public bool IsSign(string sign) => Kind == TokenKind.Sign && Text == sign;

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;
}
