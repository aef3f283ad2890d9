using OrtTrainer.Text.Models;

namespace OrtTrainer.Tests.Text.Models;

internal sealed class SentencePieceBpeModelTests
{
    [Test]
    public void Random_words_merge_as_one_pair_at_a_time()
    {
        Random random = new(15);
        for (int round = 0; round < 60; round++)
        {
            UnigramPiece[] pieces =
            [
                new("?", 0, PieceKind.Unknown), new("a", -20), new("b", -21),
                .. Enumerable.Range(0, 10).Select(_ => Word(random, "abc", 2, 4)).Distinct().Select(text =>
                    new UnigramPiece(text, -random.Next(1, 8))),
            ];
            SentencePieceBpeModel model = new(pieces, 0, byteFallback: false, new([]));
            for (int i = 0; i < 30; i++)
            {
                string word = Word(random, "abc", 1, 12);
                Assert.That(
                    TinyVocabulary.ShowParts(model, word), Is.EqualTo(OneByOne(word, pieces)),
                    $"{word} of {string.Join(' ', pieces.Select(piece => piece.Text + piece.Score))}");
            }
        }
    }

    [TestCase("ab", "a=a b=b", Description = "the piece is unused: taken apart")]
    [TestCase("abc", "abc=abc", Description = "but it leads to one that is used")]
    [TestCase("cab", "c=c a=a b=b")]
    public void Unused_pieces_are_only_a_step_on_the_way(string word, string expected)
    {
        SentencePieceBpeModel model = Model(
            new("a", -9), new("b", -9), new("c", -9), new("ab", -1, PieceKind.Unused), new("abc", -2));

        Assert.That(TinyVocabulary.ShowParts(model, word), Is.EqualTo(expected));
    }

    [TestCase("a<x>a", "a=a <x>=<x> a=a", Description = "nothing merges with it")]
    [TestCase("<x", "?=< x=x")]
    [TestCase("<x><x>", "<x>=<x> <x>=<x>")]
    public void User_defined_pieces_stay_whole(string word, string expected)
    {
        SentencePieceBpeModel model = Model(
            new("a", -9), new("x", -9), new("a<", -1), new(">a", -1), new("<x>", 0, PieceKind.UserDefined));

        Assert.That(TinyVocabulary.ShowParts(model, word), Is.EqualTo(expected));
    }

    [TestCase(PieceKind.Control)]
    [TestCase(PieceKind.Byte)]
    [TestCase(PieceKind.Unknown)]
    public void Pieces_of_other_kinds_never_come_from_text(PieceKind kind)
    {
        SentencePieceBpeModel model = Model(new("a", -9), new("b", -9), new("ab", -1, kind));

        Assert.That(TinyVocabulary.ShowParts(model, "ab"), Is.EqualTo("a=a b=b"));
    }

    [Test]
    public void Bytes_without_a_token_are_unknown_one_by_one()
    {
        UnigramPiece[] pieces =
        [
            new("?", 0, PieceKind.Unknown), new("a", -1), new("<0xC3>", 0, PieceKind.Byte),
                new("<0xA9>", 0, PieceKind.Byte),
        ];
        SentencePieceBpeModel model = new(pieces, 0, byteFallback: true, new([]));

        Assert.That(TinyVocabulary.ShowParts(model, "aéñ"), Is.EqualTo("a=a <0xC3>=é <0xA9>=é <0xC3>=ñ ?=ñ"));
    }

    [Test]
    public void Characters_beyond_the_basic_plane_count_as_one() => Assert.That(
        TinyVocabulary.Tokens(Model(new("😀a", -1), new("a", -2)), "a😀a"),
        Is.EqualTo([new ModelToken(2, 0, 1), new ModelToken(1, 1, 3)]));

    [Test]
    public void An_empty_word_has_no_tokens() => Assert.That(TinyVocabulary.Tokens(Model(), ""), Is.Empty);

    private static SentencePieceBpeModel Model(params UnigramPiece[] pieces) => new(
        [new UnigramPiece("?", 0, PieceKind.Unknown), .. pieces], 0, byteFallback: false,
        new([.. pieces.Where(piece => piece.Kind == PieceKind.UserDefined).Select(piece => piece.Text)]));

    private static string OneByOne(string word, UnigramPiece[] pieces)
    {
        List<string> parts = [.. word.Select(letter => letter.ToString())];
        while (true)
        {
            // The order is stable: of equal scores the leftmost comes first.
            var merges = parts.Zip(parts.Skip(1)).Select((pair, place) => (
                    Place: place, Piece: pieces.Skip(1).FirstOrDefault(piece =>
                        piece.Text == pair.First + pair.Second)))
                .Where(merge => merge.Piece is not null).OrderByDescending(merge => merge.Piece!.Score).ToList();
            if (merges.Count == 0)
            {
                break;
            }

            parts[merges[0].Place] = merges[0].Piece!.Text;
            parts.RemoveAt(merges[0].Place + 1);
        }

        string shown = string.Join(' ', parts
            .Select(part => pieces.Any(piece => piece.Text == part) ? $"{part}={part}" : $"?={part}"));
        return System.Text.RegularExpressions.Regex.Replace(shown, @"(?<=\?=c*) \?=", "");
    }

    private static string Word(Random random, string alphabet, int shortest, int longest) => new(
        [.. Enumerable.Range(0, random.Next(shortest, longest + 1))
            .Select(_ => alphabet[random.Next(alphabet.Length)])]);
}
