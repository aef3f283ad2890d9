using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Data;

/// <summary>The tagged messages that the repository brings along.</summary>
public sealed class EmbeddedEntitiesTests
{
    private static readonly string[] Types = ["DATE", "ORDER", "PERSON", "PLACE", "PRODUCT"];

    private readonly DataSplits _data = LabeledData.Load(new DataOptions
    {
        Train = PathOf("train.conll"),
        Eval = PathOf("eval.conll"),
        Test = PathOf("test.conll"),
        Task = TokenClassificationTask.Instance,
    });

    [Test]
    public void Every_part_has_entities_of_five_types()
    {
        Assert.That((_data.Train.Count, _data.Eval.Count, _data.Test!.Count), Is.EqualTo((900, 150, 250)));
        foreach (Dataset part in new[] { _data.Train, _data.Eval, _data.Test })
        {
            Assert.That(Entities(part).Select(entity => entity.Type).Distinct(), Is.EquivalentTo(Types));
        }
    }

    [Test]
    public void Most_persons_and_places_of_the_test_were_not_seen_in_training()
    {
        HashSet<string> seen = [.. Entities(_data.Train).Select(entity => entity.Text)];

        foreach (string type in new[] { "PERSON", "PLACE" })
        {
            (string Type, string Text)[] tested = [.. Entities(_data.Test!).Where(entity => entity.Type == type)];
            Assert.That(tested.Count(entity => !seen.Contains(entity.Text)), Is.GreaterThan(tested.Length / 2), type);
        }
    }

    private static IEnumerable<(string Type, string Text)> Entities(Dataset data) =>
        from example in data.Examples.Cast<TaggedExample>()
        let words = example.Text.Split(' ')
        from entity in Entity.Read(example.Tags!)
        select (entity.Type, string.Join(' ', words[entity.Start..(entity.End + 1)]));

    private static string PathOf(string name) =>
        Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded", "entities", name);
}
