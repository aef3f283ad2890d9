using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Tests.Text.Alignment;

public sealed class PreTokenizedTextTests
{
    [Test]
    public void Empty_pieces_and_empty_parts_are_left_out()
    {
        PreTokenizedText text = new();
        text.Add(new NormalizedText(""));
        text.Add(new NormalizedText("ab"));

        text.Split((piece, parts) =>
            parts.AddRange([piece.Slice(0, 0), piece.Slice(0, 1), piece.Slice(1, 2), piece.Slice(2, 2)]));

        Assert.That(Shown(text), Is.EqualTo(["a", "b"]));
    }

    [Test]
    public void Splitting_again_cuts_the_parts_and_never_an_added_token()
    {
        PreTokenizedText text = new();
        text.Add(new NormalizedText("abcd"));
        text.Add(new NormalizedText("[MASK]"), 4);
        text.Add(new NormalizedText("ef"));

        text.Split(Halve);
        text.Split(Halve);

        Assert.That(Shown(text), Is.EqualTo(["a", "b", "c", "d", "[MASK]", "e", "f"]));
        Assert.That(text.Pieces[4].TokenId, Is.EqualTo(4));
        Assert.That(text.Pieces[3].Text.OriginalRange(0, 1), Is.EqualTo(new OrtTrainer.Text.TextRange(3, 4)));

        static void Halve(NormalizedText piece, List<NormalizedText> parts) =>
            parts.AddRange([piece.Slice(0, piece.Length / 2), piece.Slice(piece.Length / 2, piece.Length)]);
    }

    private static IEnumerable<string> Shown(PreTokenizedText text) => text.Pieces
        .Select(piece => piece.Text.ToString());
}
