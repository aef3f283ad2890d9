using OrtTrainer.Cli.Arguments;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>Counts the texts that are predicted, for what is to be said of them in the end.</summary>
internal sealed class PredictedTexts
{
    private const int Shown = 3;

    private readonly List<int> _first = [];
    private int _cut;
    private int _silent;
    private int _texts;

    /// <summary>The next prediction, taken in.</summary>
    public TextPrediction Counted(TextPrediction prediction)
    {
        _texts++;
        _silent += prediction.Scores.Count == 0 ? 1 : 0;
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
    public void Tell(string input, Predictor predictor, Terminal terminal)
    {
        if (_texts == 0)
        {
            string source = input == PredictArguments.StandardInput ? "standard input" : input;
            terminal.Note($"{source}: there are no texts in it; nothing was predicted.");
        }

        if (_texts > 0 && _silent == _texts && predictor.Task.DrawsTokens)
        {
            terminal.Note("the model finds masked words, and no text has a mask, such as [MASK]: nothing was "
                + "predicted. To label texts, fine-tune it first.");
        }

        if (_cut > 0)
        {
            string more = _cut > Shown ? $" and {_cut - Shown} more" : "";
            terminal.Note($"{_cut} of {_texts} texts (number {string.Join(", ", _first)}{more}) "
                + $"{(_cut == 1 ? "is" : "are")} longer than {predictor.MaxLength} tokens and cut there: the rest was "
                + "not read.");
        }
    }
}
