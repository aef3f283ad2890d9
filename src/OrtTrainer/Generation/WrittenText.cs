using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>One text as it is written: its tokens, and the text they make behind those that it began with.</summary>
internal sealed class WrittenText
{
    private readonly Tokenizer _tokenizer;
    private readonly GenerationOptions _options;
    private readonly GenerationRules _rules;
    private readonly List<int> _all;
    private readonly string _prompt;
    private string _text = "";
    private int _decoded;

    /// <param name="prompt">Tokens that the text begins with: the prompt, or what a decoder beside an encoder begins
    /// with.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="rules">What the model says.</param>
    /// <param name="options">What is asked for.</param>
    public WrittenText(
        int[] prompt, Tokenizer tokenizer, GenerationRules rules, GenerationOptions options)
    {
        (_tokenizer, _rules, _options) = (tokenizer, rules, options);
        _all = [.. prompt];
        PromptLength = _decoded = prompt.Length;
        _prompt = tokenizer.Decode(prompt);
    }

    /// <summary>What the model says of it.</summary>
    public GenerationRules Rules => _rules;

    /// <summary>Tokens that the text began with.</summary>
    public int PromptLength { get; }

    /// <summary>All tokens, those that the text began with first.</summary>
    public IReadOnlyList<int> All => _all;

    /// <summary>Tokens that were written, without one that ends texts.</summary>
    public int Count => _all.Count - PromptLength;

    /// <summary>What ended it; null while it goes on.</summary>
    public GenerationEnd? End { get; private set; }

    /// <summary>The text so far, made of the tokens when it is asked for.</summary>
    public string Text
    {
        get
        {
            if (_decoded < _all.Count)
            {
                (_text, _decoded) = (TextOf(_all), _all.Count);
            }

            return _text;
        }
    }

    /// <summary>Adds a token, and looks whether that ends the text.</summary>
    /// <param name="id">The token.</param>
    /// <param name="most">The most tokens that are written.</param>
    public void Add(int id, int most)
    {
        if (_rules.Ends.Contains(id))
        {
            End = GenerationEnd.EndToken;
            return;
        }

        _all.Add(id);
        foreach (string stop in _options.StopStrings)
        {
            if (Text.IndexOf(stop, StringComparison.Ordinal) is >= 0 and var at)
            {
                (_text, End) = (_text[..at], GenerationEnd.StopString);
                return;
            }
        }

        if (Count >= most)
        {
            End = GenerationEnd.Length;
        }
    }

    public GeneratedText Result() => new(Text, [.. _all.Skip(PromptLength)], End ?? GenerationEnd.Length);

    /// <summary>How much of the text stays as it is, whatever follows: letters may have several tokens, and what
    /// begins like a stop string may become one.</summary>
    public int SettledLength()
    {
        if (End is not null)
        {
            return Text.Length;
        }

        int settled = Text.Length;
        while (settled > 0 && Text[settled - 1] == '\uFFFD')
        {
            settled--;
        }

        foreach (string stop in _options.StopStrings)
        {
            for (int length = Math.Min(stop.Length - 1, Text.Length); length > 0; length--)
            {
                if (Text.EndsWith(stop[..length], StringComparison.Ordinal))
                {
                    settled = Math.Min(settled, Text.Length - length);
                    break;
                }
            }
        }

        return settled;
    }

    // Decoders take a blank off the beginning of a text: what was written is told from the whole.
    private string TextOf(List<int> all) =>
        _tokenizer.Decode(all) is var whole && whole.StartsWith(_prompt, StringComparison.Ordinal)
            ? whole[_prompt.Length..]
            : _tokenizer.Decode(all.Skip(PromptLength));
}
