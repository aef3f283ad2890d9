using OrtTrainer.Tests.Runtime;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Benchmarks;

/// <summary>
/// A graph with a yardstick's inputs and outputs, over 32 tokens and with 2 outputs. Its loss is the mean square of its
/// embedding plus the sum of its gains; the gradients are the parameters themselves.
/// </summary>
internal static class TinyYardstick
{
    public static string Write(string file, int width, int layers)
    {
        string w = $"{width}";
        (string Name, string[] Shape)[] parameters =
        [
            ("emb.w", ["32", w]), ("eln.g", [w]),
            .. Enumerable.Range(0, layers).Select(layer => ($"l{layer}.q.w", new[] { w, w })), ("cls.b", ["2"]),
        ];
        TestModel model = new TestModel()
            .Input("ids", ElementType.Int64, "N").Input("pos", ElementType.Int64, "S")
            .Input("mask", ElementType.Float, "B", "1", "1", "S").Input("bsh", ElementType.Int64, "4")
            .Input("bsH", ElementType.Int64, "3").Input("nH", ElementType.Int64, "2")
            .Input("labels", ElementType.Int64, "B")
            .Output("loss", ElementType.Float)
            .Node("Mul", ["emb.w", "emb.w"], ["squares"])
            .Node("ReduceMean", ["squares"], ["mean"], ("keepdims", 0))
            .Node("ReduceSum", ["eln.g"], ["gains"], ("keepdims", 0))
            .Node("Add", ["mean", "gains"], ["loss"]);
        foreach ((string name, string[] shape) in parameters)
        {
            model.Input(name, ElementType.Float, shape).Output($"{name}_grad", ElementType.Float, shape)
                .Node("Identity", [name], [$"{name}_grad"]);
        }

        File.WriteAllBytes(file, model.Bytes());
        return file;
    }
}
