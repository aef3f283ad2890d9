using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Text;

namespace Examples;

/// <summary>Says why a model cannot be opened, in the words of the exception. Argument: FOLDER.</summary>
public static class Catching
{
    public static void Main(string[] args)
    {
        try
        {
            using Predictor predictor = Predictor.Open(args[0]);
            Console.WriteLine($"{predictor.Labels.Count} labels");
        }
        catch (OrtTrainerException refusal)
        {
            // Data, options, checkpoints and runs: what is wrong lies in what was given.
            Console.WriteLine($"refused: {refusal.Message}");
        }
        catch (Exception failure) when (failure
            is DeviceException or RuntimeFailureException or GraphException or TruncationException)
        {
            // What the parts below the engine say: a device, ONNX Runtime, a graph, a text that cannot be cut.
            Console.WriteLine($"failed: {failure.Message}");
        }
    }
}
