using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>What must hold for every tokenizer on every text, tried on random Unicode.</summary>
public sealed class TokenizerInvariantTests
{
    private static readonly EncodeOptions Bare = new() { AddSpecialTokens = false };

    private static readonly Dictionary<string, string> Files = new()
    {
        ["WordPiece"] = TinyTokenizer.BertJson(),
        ["byte-level BPE"] = TinyTokenizer.Json(
            ByteLevelModel(), preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false}""",
            decoder: """{"type": "ByteLevel"}"""),
        ["trimmed byte-level BPE"] = TinyTokenizer.Json(
            ByteLevelModel(), """{"type": "NFC"}""", """{"type": "ByteLevel", "add_prefix_space": true}""",
            """{"type": "RobertaProcessing", "sep": ["b", 1], "cls": ["a", 0]}""", """{"type": "ByteLevel"}"""),
        ["Unigram"] = TinyTokenizer.Json(
            """
            {"type": "Unigram", "unk_id": 0,
             "vocab": [["?", 0], ["▁", -2], ["▁a", -3], ["a", -4], ["b", -4], ["ab", -5],
             ["é", -6], ["中", -7], ["▁the", -3], [".", -2]]}
            """,
            """{"type": "NFKC"}""", """{"type": "Metaspace"}""", decoder: """{"type": "Metaspace"}"""),
        ["BPE with suffix"] = TinyTokenizer.Json(
            """
            {"type": "BPE", "unk_token": "?", "end_of_word_suffix": "</w>", "fuse_unk": true,
             "vocab": {"?": 0, "a": 1, "b": 2, "a</w>": 3, "b</w>": 4, "ab</w>": 5, "é": 6}, "merges": ["a b</w>"]}
            """,
            """{"type": "Lowercase"}""", """{"type": "Whitespace"}""",
            added: """[{"id": 7, "content": "[MASK]", "special": true, "lstrip": true}]"""),
    };

    private static IEnumerable<string> Names => Files.Keys;

    [TestCaseSource(nameof(Names))]
    public void Ids_alone_are_those_with_offsets_and_lists_are_as_long_as_each_other(string name)
    {
        Tokenizer tokenizer = TinyTokenizer.From(Files[name]);
        Random random = new(31);
        for (int i = 0; i < 400; i++)
        {
            string text = RandomText(random);
            string? pair = random.Next(3) == 0 ? RandomText(random) : null;
            EncodeOptions options = new() { AddSpecialTokens = random.Next(2) == 0, MaxLength = random.Next(3) == 0
                ? random.Next(5, 30) : null };
            Encoding encoding = tokenizer.Encode(text, pair, options);
            TokenIds ids = tokenizer.EncodeIds(text, pair, options);
            Assert.That(ids.Ids, Is.EqualTo(encoding.Ids), Shown(text));
            Assert.That(ids.TypeIds, Is.EqualTo(encoding.TypeIds), Shown(text));
            Assert.That(encoding.Count, Is.LessThanOrEqualTo(options.MaxLength ?? int.MaxValue));
            Assert.That(
                new[] { encoding.TypeIds.Count, encoding.Offsets.Count, encoding.WordIds.Count,
                    encoding.SpecialTokensMask.Count },
                Is.All.EqualTo(encoding.Count));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Offsets_are_in_order_inside_the_text_and_words_count_up(string name)
    {
        Tokenizer tokenizer = TinyTokenizer.From(Files[name]);
        Random random = new(32);
        for (int i = 0; i < 400; i++)
        {
            string text = RandomText(random);
            int length = text.EnumerateRunes().Count();
            Encoding encoding = tokenizer.Encode(text, null, Bare);
            TextRange last = new(0, 0);
            int lastWord = 0;
            for (int token = 0; token < encoding.Count; token++)
            {
                TextRange range = encoding.Offsets[token];
                bool inOrder = range.Start >= last.Start && range.End >= last.End && range.Start <= range.End
                    && range.End <= length;
                bool counts = encoding.WordIds[token] >= lastWord;
                if (!inOrder || !counts)
                {
                    string shown = $"{range} of word {encoding.WordIds[token]} after {last} of {lastWord}";
                    Assert.Fail($"token {token} of {Shown(text)}: {shown}");
                }

                (last, lastWord) = (range, encoding.WordIds[token]);
            }
        }
    }

    [Test]
    public void The_text_of_a_wordpiece_range_is_the_token_but_for_case_accents_and_what_is_dropped()
    {
        Tokenizer tokenizer = TinyTokenizer.From(Files["WordPiece"]);
        AssertRanges(tokenizer, tokenizer.UnknownId!.Value, (token, original) =>
        {
            string plain = new([.. original.Replace('é', 'e').Replace('İ', 'i').Where(unit =>
                char.IsAsciiLetterOrDigit(unit) || unit is '.' or '[' or ']').Select(char.ToLowerInvariant)]);
            return plain == token.Replace("##", "", StringComparison.Ordinal).ToLowerInvariant();
        });
    }

    [Test]
    public void The_bytes_of_a_byte_level_token_are_among_those_of_its_range()
    {
        Tokenizer tokenizer = TinyTokenizer.From(Files["byte-level BPE"]);
        AssertRanges(tokenizer, -1, (token, original) =>
        {
            byte[] bytes = [.. token.Select(character => (byte)ByteAlphabet.ToByte(character))];
            return System.Text.Encoding.UTF8.GetBytes(original).AsSpan().IndexOf(bytes) >= 0;
        });
    }

    [Test]
    public void Byte_level_tokens_decode_to_the_very_text()
    {
        Tokenizer tokenizer = TinyTokenizer.From(Files["byte-level BPE"]);
        Random random = new(33);
        for (int i = 0; i < 500; i++)
        {
            string text = RandomText(random);
            Assert.That(tokenizer.Decode(tokenizer.EncodeIds(text).Ids), Is.EqualTo(text), Shown(text));
        }
    }

    [TestCaseSource(nameof(Names))]
    public void Threads_do_not_disturb_each_other(string name)
    {
        Tokenizer shared = TinyTokenizer.From(Files[name]);
        Tokenizer alone = TinyTokenizer.From(Files[name]);
        Random random = new(34);
        string[] texts = [.. Enumerable.Range(0, 100).Select(_ => RandomText(random))];
        int[][] expected = [.. texts.Select(text => alone.Encode(text).Ids.ToArray())];
        int wrong = 0;

        Parallel.For(0, 8 * texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int which = i * 37 % texts.Length;
            bool same = i % 3 == 0
                ? shared.Encode(texts[which]).Ids.SequenceEqual(expected[which])
                : shared.EncodeIds(texts[which]).Ids.AsSpan().SequenceEqual(expected[which]);
            Interlocked.Add(ref wrong, same ? 0 : 1);
        });

        Assert.That(wrong, Is.Zero);
    }

    private static void AssertRanges(Tokenizer tokenizer, int unknown, Func<string, string, bool> fits)
    {
        Random random = new(35);
        int seen = 0;
        for (int i = 0; i < 500; i++)
        {
            string text = RandomText(random);
            string[] points = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
            Encoding encoding = tokenizer.Encode(text, null, Bare);
            for (int token = 0; token < encoding.Count; token++)
            {
                if (encoding.Ids[token] == unknown)
                {
                    continue;
                }

                seen++;
                TextRange range = encoding.Offsets[token];
                string original = string.Concat(points[range.Start..range.End]);
                string shown = tokenizer.IdToToken(encoding.Ids[token])!;
                Assert.That(fits(shown, original), Is.True, $"'{shown}' for '{original}' in {Shown(text)}");
            }
        }

        Assert.That(seen, Is.GreaterThan(500), "enough was looked at");
    }

    /// <summary>Words the tokenizers know among all sorts of characters, without halves of surrogate pairs.</summary>
    private static string RandomText(Random random)
    {
        string[] parts =
        [
            "the ", "dogs", "Unaffable", "a", "ab", "b", " ", "  ", "\t\n", ".", "Café", "e\u0301", "é", "中", "国",
                "😀", "ﬁ", "½",
            "\u200D", "\u00AD", "\u0007", "가", "[MASK]", " [MASK]", "[", "'s", "12", "İ", "\u3000", "Ж", "\U0001D4B3",
                "\u0301", "s.",
        ];
        return string.Concat(Enumerable.Range(0, random.Next(14)).Select(_ => parts[random.Next(parts.Length)]));
    }

    private static string Shown(string text) =>
        $"'{text}' ({string.Join(' ', text.Select(unit => $"{(int)unit:X4}"))})";

    /// <summary>a, b, the other bytes, and a few merges.</summary>
    private static string ByteLevelModel()
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.ToChar((byte)value).ToString())];
        string[][] merges = [["a", "b"], ["t", "h"], ["th", "e"], ["Ġ", "the"], ["Ã", "©"], ["Ġ", "Ġ"], ["ä", "¸"]];
        string[] tokens = ["a", "b", .. bytes.Except(["a", "b"]), .. merges.Select(merge => merge[0] + merge[1])];
        return JsonSerializer.Serialize(new
        {
            type = "BPE",
            vocab = tokens.Select((token, id) => KeyValuePair.Create(token, id)).ToDictionary(),
            merges,
        });
    }
}
