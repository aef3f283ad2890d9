using OrtTrainer.Cli.Arguments;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>Counts the texts, and those that were longer than a model reads.</summary>
internal sealed class CutTexts
{
    private const int Shown = 3;

    private readonly List<int> _first = [];
    private int _cut;
    private int _texts;

    /// <summary>The next prediction, taken in.</summary>
    public TextPrediction Counted(TextPrediction prediction)
    {
        _texts++;
        if (prediction.IsCut)
        {
            _cut++;
            if (_first.Count < Shown)
            {
                _first.Add(_texts);
            }
        }

        return prediction;
    }

    /// <summary>Says how many were longer, and which; or that there was no text at all.</summary>
    public void Tell(string input, int maxLength, Terminal terminal)
    {
        if (_texts == 0)
        {
            string source = input == PredictArguments.StandardInput ? "standard input" : input;
            terminal.Note($"{source}: there are no texts in it; nothing was predicted.");
        }

        if (_cut > 0)
        {
            string more = _cut > Shown ? $" and {_cut - Shown} more" : "";
            terminal.Note($"{_cut} of {_texts} texts (number {string.Join(", ", _first)}{more}) "
                + $"{(_cut == 1 ? "is" : "are")} longer than {maxLength} tokens and cut there: the rest was not read.");
        }
    }
}
