using OrtTrainer;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using BertTokenizer = Microsoft.ML.Tokenizers.BertTokenizer;
using MicrosoftTokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Examples;

/// <summary>
/// Our tokenizer where one of Microsoft.ML.Tokenizers is expected, and one of theirs for a run and its model.
/// Arguments: MODEL TRAIN OUTPUT.
/// </summary>
public static class Tokenizing
{
    public static void Main(string[] args)
    {
        const string text = "Where is my parcel?";
        MicrosoftTokenizer ours = Tokenizer.Load(args[0]);
        Console.WriteLine($"{ours.CountTokens(text)} tokens: {string.Join(' ', ours.EncodeToIds(text))}");
        Console.WriteLine(ours.Decode(ours.EncodeToIds(text)));

        ExternalTokenizer theirs = new(BertTokenizer.Create(Path.Combine(args[0], "vocab.txt")));
        FineTuneOptions options = new()
        {
            Model = args[0],
            Data = new DataOptions { Train = args[1] },
            Output = args[2],
            MaxSteps = 4,
        };
        FineTuner.Run(options, theirs);

        // There are no tokenizer files in the output; the predictor must be given the tokenizer as well.
        using Predictor predictor = Predictor.Open(options.Output, theirs);
        Console.WriteLine($"{predictor.Predict(text).Labels.Count} label of {predictor.Labels.Count}");
    }
}
