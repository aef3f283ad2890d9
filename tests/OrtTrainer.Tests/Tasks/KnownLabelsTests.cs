using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Tests.Tasks;

public sealed class KnownLabelsTests
{
    private static readonly string[] Model = ["neutral", "positive", "negative"];

    private readonly List<string> _notes = [];

    [SetUp]
    public void Forget() => _notes.Clear();

    [Test]
    public void The_models_order_is_kept_and_nothing_is_said_where_both_have_the_same_labels()
    {
        Assert.That(Choose("negative", "neutral", "positive").Names, Is.EqualTo(Model));
        Assert.That(_notes, Is.Empty);
    }

    [Test]
    public void Numbers_are_the_models_ids_and_said_to_be()
    {
        LabelMap labels = Choose("0", "2");

        Assert.That(labels.Names, Is.EqualTo(Model));
        Assert.That(labels.IdOf("2"), Is.EqualTo(2));
        Assert.That(_notes, Is.EqualTo(new[]
        {
            "The labels of train.tsv are taken for the ids of the model's: 0 = neutral, 2 = negative.",
            "The model's 3 labels are kept; no row of train.tsv has positive.",
        }));
    }

    [Test]
    public void Labels_without_rows_stay_and_are_named()
    {
        Assert.That(Choose("negative", "positive").Names, Is.EqualTo(Model));
        Assert.That(_notes, Is.EqualTo(new[] { "The model's 3 labels are kept; no row of train.tsv has neutral." }));
    }

    [Test]
    public void The_datas_labels_are_taken_where_the_model_lacks_one_and_those_that_go_and_come_are_named()
    {
        Assert.That(Choose("mixed", "negative", "positive").Names, Is.EqualTo(["mixed", "negative", "positive"]));
        Assert.That(_notes, Is.EqualTo(new[]
        {
            "Labels of the model that keep their rows of the last layer: negative, positive. New in train.tsv and " +
            "started at random: mixed. Left out: neutral.",
        }));
    }

    [TestCase("good", "bad")]
    [TestCase("1", "3")]
    public void Labels_that_are_all_others_begin_anew(string one, string other)
    {
        Assert.That(Choose(one, other).Names, Is.EquivalentTo([one, other]));
        Assert.That(_notes, Is.EqualTo(new[]
        {
            "The model's labels are neutral, positive, negative; none of them is in train.tsv, so the last layer " +
            "starts at random.",
        }));
    }

    [TestCase("no, yes", "no", "yes")]
    [TestCase(null, "0", "1")]
    [TestCase(null, "LABEL_0", "LABEL_1")]
    public void The_order_of_outputs_without_names_is_said_unless_the_labels_are_their_numbers(
        string? order, params string[] labels)
    {
        KnownLabels.SayUnnamed(LabelMap.OfData(labels), _notes.Add);

        Assert.That(_notes, order is null
            ? Is.Empty
            : Has.One.Contains($"2 outputs without names; they are taken for the labels in this order: {order}."));
    }

    private LabelMap Choose(params string[] data) =>
        KnownLabels.Choose(ModelTask.Default, "train.tsv", LabelMap.OfData(data), Model, _notes.Add);
}
