namespace OrtTrainer.Tests.Cli;

/// <summary><c>export</c> after training, on one short run.</summary>
public sealed class ExportCommandTests : DeskRunFixture
{
    [TestCase("live", "last")]
    [TestCase("averaged", "averaged")]
    public void Export_writes_the_weights_asked_for_and_tells_what_they_are(string weights, string kept)
    {
        string output = Desk.File("export-" + weights);

        CliRun run = CliRun.Of("export", "--run", Model, "--weights", weights, "--out", output).Succeeded();

        Assert.That(run.Lines[0], Does.StartWith($"Exported the {weights} weights of {Model} to "));
        using var exported = OrtTrainer.Checkpoints.SafetensorsFile.OpenFile(Path.Combine(output, "model.safetensors"));
        using var source = OrtTrainer.Checkpoints.SafetensorsFile
            .OpenFile(Path.Combine(Model, "run", kept + ".safetensors"));
        Assert.That(Classifier(exported), Is.EqualTo(Classifier(source)));
        Assert.That(exported.Metadata["orttrainer.base_model"], Is.EqualTo("tiny"));
        Assert.That(exported.Metadata.GetValueOrDefault("orttrainer.averaged_steps"),
            Is.EqualTo(weights == "averaged" ? "4..6 every 1 (3 weights)" : null));
    }

    [Test]
    public void Export_of_a_plain_classifier_predicts_as_its_source_does()
    {
        string output = Desk.File("plain");

        CliRun.Of("export", "--model", Model, "--out", output).Succeeded();

        Assert.That(
            CliRun.Of("predict", "--model", output, "--input", Desk.Test).Succeeded().Out,
            Is.EqualTo(CliRun.Of("predict", "--model", Model, "--input", Desk.Test).Out));
    }

    [Test]
    public void Export_adds_a_graph_of_8_bits_and_tells_how_it_differs()
    {
        string output = Desk.File("int8");

        CliRun run = CliRun.Of("export", "--model", Model, "--out", output, "--quantize", "int8").Succeeded();

        Assert.That(run.Lines[2], Does.Match(
            @"^model_quantized\.onnx: 0\.0 MB; on the same inputs its logits differ by \d\.\de-\d at most, "
            + @"\d+\.\d\s?% of an input's largest, which is the same for \d+ of 16$"));
        Assert.That(File.Exists(Path.Combine(output, "onnx", "model_quantized.onnx")));
    }

    [Test]
    public void Export_writes_fused_attention_and_says_so()
    {
        string output = Desk.File("fused");

        CliRun run = CliRun.Of("export", "--model", Model, "--out", output, "--fuse").Succeeded();

        Assert.That(run.Lines[2], Is.EqualTo(
            "fused: attention is ONNX Runtime's own operator; no other software runs this model's graph"));
        Assert.That(
            OrtTrainer.Graph.ModelReader.Read(Path.Combine(output, "onnx", "model.onnx")).Graph.Node
                .Select(node => node.OpType),
            Does.Contain("MultiHeadAttention").And.Not.Contain("Softmax"));
    }

    [Test]
    public void Export_tells_what_8_bits_cost_on_labelled_data()
    {
        string output = Desk.File("scored");
        string accuracy = CliRun.Of("evaluate", "--model", Model, "--data", Desk.Test, "--metric", "accuracy").Out;

        CliRun run = CliRun.Of(
            "export", "--run", Model, "--weights", "live", "--out", output, "--quantize", "int8", "--eval", Desk.Test)
            .Succeeded();

        Assert.That(run.Lines[3], Does.Match(
            $@"^accuracy on 4 examples of .*test\.tsv, on ONNX Runtime: float32 {accuracy.Trim()}, int8 \d\.\d{{4}}$"));
        Assert.That(run.Lines[4], Does.Match(
            @"^int8 - float32: [+-]?\d\.\d{4}, 95 % interval [+-]?\d\.\d{4} to [+-]?\d\.\d{4}$"));
    }

    [Test]
    public void Export_without_8_bits_scores_what_there_is()
    {
        CliRun run = CliRun.Of("export", "--model", Model, "--out", Desk.File("one"), "--eval", Desk.Test)
            .Succeeded();

        Assert.That(run.Lines[^1], Does.Match(@"^accuracy on 4 examples of .*, on ONNX Runtime: \d\.\d{4}$"));
    }

    [TestCase("--label", "none")]
    [TestCase("--format", "xls")]
    public void Export_leaves_nothing_behind_where_it_cannot_be_scored(string option, string value)
    {
        CliRun run = CliRun.Of(
            "export", "--model", Model, "--out", Desk.File("bad"), "--eval", Desk.Test, option, value);

        Assert.That((run.ExitCode, run.Error), Is.Not.EqualTo((0, "")));
        Assert.That(Directory.Exists(Desk.File("bad")), Is.False);
    }

    [Test]
    public void Export_says_which_weights_a_run_did_not_keep()
    {
        CliRun run = CliRun.Of("export", "--run", Model, "--weights", "best", "--out", Desk.File("best"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.EndWith(
            "best.safetensors is missing: the run did not keep its best weights (finetune --keep-best does); "
            + "add --weights live.\n"));
        Assert.That(Directory.Exists(Desk.File("best")), Is.False);
    }

    [Test]
    public void Export_never_writes_into_a_folder_that_holds_something()
    {
        CliRun run = CliRun.Of("export", "--run", Model, "--out", Model);

        Assert.That(run, Is.EqualTo(new CliRun(
            1, "", $"error: {Model}: the output folder is not empty. Choose another --out, or remove it.\n")));
    }

    [Test]
    public void Export_of_an_encoder_without_a_head_makes_vectors()
    {
        CliRun.Of("export", "--model", Desk.Model, "--out", Desk.File("headless")).Succeeded();

        CliRun run = CliRun.WithInput("a\n", "predict", "--model", Desk.File("headless"), "--input", "-").Succeeded();
        Assert.That(run.Lines.Single(), Does.StartWith("{\"embedding\":["));
        Assert.That(File.Exists(Desk.File("headless/modules.json")));
    }

    private static float[] Classifier(OrtTrainer.Checkpoints.Checkpoint file)
    {
        float[] values = new float[2 * 8];
        file.ReadFloats("classifier.weight", values);
        return values;
    }
}
