using OrtTrainer.Evaluation;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

public sealed class EntityCountsTests
{
    [Test]
    public void Entities_are_read_leniently()
    {
        Assert.That(Entity.Read(["I-PER", "I-PER", "B-PER", "I-LOC", "O", "S-ORG", "E-ORG"]), Is.EqualTo(new[]
        {
            new Entity("PER", 0, 1), new Entity("PER", 2, 2), new Entity("LOC", 3, 3),
            new Entity("ORG", 5, 5), new Entity("ORG", 6, 6),
        }));
        Assert.That(Entity.Read([]), Is.Empty);
        Assert.That(() => Entity.Read(["PER"]).ToArray(),
            Throws.ArgumentException.With.Message.StartsWith("The tag 'PER' cannot be read"));
    }

    [Test]
    public void Entities_of_other_types_or_ends_are_wrong() => Assert.That(
        Count(["B-PER", "I-PER", "O", "B-LOC"], ["B-PER", "O", "O", "B-ORG"]),
        Is.EqualTo(new EntityCounts(Right: 0, Predicted: 2, Expected: 2)));

    [Test]
    public void Counts_of_sentences_add_up()
    {
        EntityCounts first = Count(["B-PER", "O", "B-LOC"], ["B-PER", "B-LOC", "B-LOC"]);
        EntityCounts second = Count(["B-PER", "I-PER"], ["B-PER", "O"]);

        Assert.That(first, Is.EqualTo(new EntityCounts(Right: 2, Predicted: 3, Expected: 2)));
        Assert.That(first + second, Is.EqualTo(new EntityCounts(2, 4, 3)));
        Assert.That((first + second).Overlap, Is.EqualTo(new TextOverlap(2 / 4.0, 2 / 3.0)));
    }

    private static EntityCounts Count(string[] expected, string[] predicted) =>
        EntityCounts.Of([.. Entity.Read(expected)], [.. Entity.Read(predicted)]);
}
