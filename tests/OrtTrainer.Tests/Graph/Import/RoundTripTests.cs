using OrtTrainer.Graph;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Graph.Import;

/// <summary>Files exported by PyTorch, read, rebuilt, written and run: the outputs stay those of PyTorch.</summary>
public sealed class RoundTripTests
{
    private static IEnumerable<TestCaseData> Exports() => ExportedModel.Files(_ => true);

    private static IEnumerable<TestCaseData> Images() => ExportedModel.Files(ExportedModel.IsOfImages);

    [TestCaseSource(nameof(Exports))]
    public void A_rebuilt_export_gives_the_outputs_of_the_reference(string path)
    {
        using ExportedModel export = new(path);
        using TemporaryFolder folder = new();
        ModelProto model = ModelReader.Read(path);
        GraphBuilder rebuilt = GraphImporter.Import(model).Builder;
        string file = folder.File("model.onnx");
        string external = folder.File("external.onnx");
        rebuilt.Save(file);
        rebuilt.Save(external, externalAbove: 0);

        Assert.That(rebuilt.Inputs.Select(i => i.Name), Is.EqualTo(model.Graph.Input.Select(i => i.Name)));
        Assert.That(rebuilt.Outputs.Select(o => o.Name), Is.EqualTo(model.Graph.Output.Select(o => o.Name)));
        Assert.That(File.Exists(external + ".data"), Is.True);
        foreach (string written in new[] { path, file, external })
        {
            AssertOutputs(export, written);
        }
    }

    [TestCaseSource(nameof(Images))]
    public void An_operator_that_is_not_known_is_refused_with_node_operator_and_opset(string path)
    {
        Assume.That(File.Exists(path), $"{path} is not there");
        ModelProto model = ModelReader.Read(path);
        model.Graph.Node.First(node => node.OpType == "Conv").OpType = "Deconv";

        Assert.That(() => GraphImporter.Import(model), Throws.TypeOf<GraphException>().With.Message.Matches(
            "Node '/.+/Conv' \\(Deconv, opset 17, output '.+'\\): The operator 'Deconv' is not known"));
    }

    private static void AssertOutputs(ExportedModel export, string file)
    {
        using GraphSession session = GraphSession.FromFile(
            file, new ExecutionOptions { UseKernels = false, IntraOpThreads = 1 });
        using Binding binding = session.CreateBinding();
        export.Bind(session, binding);
        foreach (string output in export.Outputs)
        {
            binding.BindOutput(output);
        }

        binding.Run();
        foreach (string output in export.Outputs)
        {
            Assert.That(binding.Output(output).ToArray(), Is.EqualTo(export.Output(output)).Within(1e-5),
                $"{output} of {file}");
        }
    }
}
