using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Data;

public sealed class ExampleWeightsTests
{
    private const string Rows = "text,label,w,v\na,x,2,0.5\nb,y,0,1\nc,x,1.5,4\n";

    [Test]
    public void Weights_are_read_from_their_columns()
    {
        using DataFolder folder = new();

        Dataset data = LabeledData.LoadTrain(Options(folder.Write("rows.csv", Rows), "w", "v"));

        Assert.That(data.Examples.Select(example => example.SampleWeight), Is.EqualTo(new[] { 2, 0, 1.5 }));
        Assert.That(data.Examples.Select(example => example.LossWeight), Is.EqualTo(new[] { 0.5, 1, 4 }));
    }

    [TestCase("-1", "the weight in 'w' is '-1'; expected a number of 0 or more.")]
    [TestCase("heavy", "the weight in 'w' is 'heavy'; expected a number of 0 or more.")]
    [TestCase("", "the weight in 'w' is ''; expected a number of 0 or more.")]
    public void A_weight_that_is_none_is_refused_with_its_line(string weight, string message)
    {
        using DataFolder folder = new();
        string file = folder.Write("rows.csv", $"text,label,w\na,x,1\nb,y,{weight}\n");

        Assert.That(() => LabeledData.LoadTrain(Options(file, "w", null)),
            Throws.TypeOf<DataFileException>().With.Message.EqualTo($"{file}, line 3: {message}"));
    }

    [Test]
    public void Training_data_without_the_column_or_without_weight_are_refused_and_others_need_none()
    {
        using DataFolder folder = new();
        string train = folder.Write("train.csv", Rows), eval = folder.Write("eval.csv", "text,label\na,x\n");
        string none = folder.Write("none.csv", "text,label,w\na,x,0\nb,y,0\n");

        Assert.That(() => LabeledData.LoadTrain(Options(eval, "w", null)),
            Throws.TypeOf<DataFileException>().With.Message.Contains("there is no column 'w'"));
        Assert.That(() => LabeledData.LoadTrain(Options(none, "w", null)),
            Throws.TypeOf<DataFileException>().With.Message.Contains("all weights in 'w' are 0"));
        Assert.That(LabeledData.Load(Options(train, "w", "v") with { Eval = eval }).Eval.Count, Is.EqualTo(1));
    }

    private static DataOptions Options(string train, string? sample, string? loss) => new()
    {
        Train = train, SampleWeightColumn = sample, LossWeightColumn = loss,
    };
}
