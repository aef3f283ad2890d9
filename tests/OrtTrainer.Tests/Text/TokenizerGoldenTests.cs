using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>Every reference encoding, token by token.</summary>
[TestFixtureSource(typeof(TokenizerGolden), nameof(TokenizerGolden.Names))]
public sealed class TokenizerGoldenTests(string name)
{
    private static readonly EncodeOptions WithoutSpecial = new() { AddSpecialTokens = false };

    private TokenizerGolden _golden = null!;

    [OneTimeSetUp]
    public void Read() => _golden = TokenizerGolden.Read(name);

    [Test]
    public void Single_texts_have_the_reference_tokens()
    {
        foreach (JsonElement expected in _golden.Root.GetProperty("single").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            TokenizerGolden.AssertSame(_golden.Tokenizer.Encode(text), expected, $"'{text}'");
        }
    }

    [Test]
    public void Special_tokens_can_be_left_out()
    {
        foreach (JsonElement expected in _golden.Root.GetProperty("single").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            int[] ids = TokenizerGolden.Numbers(expected, "ids_without_special");
            Assert.That(_golden.Tokenizer.Encode(text, null, WithoutSpecial).Ids, Is.EqualTo(ids), text);
        }
    }

    [Test]
    public void Decoding_gives_the_reference_text()
    {
        foreach (JsonElement expected in _golden.Root.GetProperty("single").EnumerateArray())
        {
            string decoded = _golden.Tokenizer.Decode(TokenizerGolden.Numbers(expected, "ids"));
            Assert.That(decoded, Is.EqualTo(expected.GetProperty("decoded").GetString()));
        }
    }

    [Test]
    public void Pairs_have_the_reference_tokens()
    {
        foreach (JsonElement expected in _golden.Root.GetProperty("pairs").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            string pair = expected.GetProperty("pair").GetString()!;
            TokenizerGolden.AssertSame(_golden.Tokenizer.Encode(text, pair), expected, $"'{text}' and '{pair}'");
        }
    }

    [Test]
    public void Truncation_gives_the_reference_windows_or_refuses()
    {
        foreach (JsonElement expected in _golden.Root.GetProperty("truncation").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            string? pair = expected.GetProperty("pair").GetString();
            EncodeOptions options = Options(expected);
            if (expected.TryGetProperty("error", out _))
            {
                Assert.That(() => _golden.Tokenizer.Encode(text, pair, options), Throws.TypeOf<TruncationException>());
                continue;
            }

            Encoding actual = _golden.Tokenizer.Encode(text, pair, options);
            TokenizerGolden.AssertSame(actual, expected, $"{options} '{text}' and '{pair}'");
            AssertOverflow(actual, expected, $"{options} '{text}' and '{pair}'");
        }
    }

    [Test]
    public void Ids_alone_are_the_reference_ids()
    {
        foreach (string kind in new[] { "single", "pairs", "truncation" })
        {
            foreach (JsonElement expected in _golden.Root.GetProperty(kind).EnumerateArray())
            {
                string text = expected.GetProperty("text").GetString()!;
                string? pair = expected.TryGetProperty("pair", out JsonElement second) ? second.GetString() : null;
                EncodeOptions options = kind == "truncation" ? Options(expected) : EncodeOptions.Default;
                if (expected.TryGetProperty("error", out _))
                {
                    Assert.That(() =>
                        _golden.Tokenizer.EncodeIds(text, pair, options), Throws.TypeOf<TruncationException>());
                    continue;
                }

                (int[] ids, int[] typeIds) = _golden.Tokenizer.EncodeIds(text, pair, options);
                using (Assert.EnterMultipleScope())
                {
                    Assert.That(ids, Is.EqualTo(TokenizerGolden.Numbers(expected, "ids")), $"'{text}' and '{pair}'");
                    Assert.That(typeIds, Is.EqualTo(TokenizerGolden.Numbers(expected,
                        "type_ids")), $"'{text}' and '{pair}'");
                }
            }
        }
    }

    [Test]
    public void Ids_alone_agree_with_offsets_on_random_text()
    {
        Random random = new(11);
        string[] texts = [.. _golden.Root.GetProperty("single").EnumerateArray().Select(t =>
            t.GetProperty("text").GetString()!)];
        for (int i = 0; i < 400; i++)
        {
            // Cut anywhere, surrogate pairs included, and joined without care for word boundaries.
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ =>
                Cut(texts[random.Next(texts.Length)])));
            List<int> ids = [];
            _golden.Tokenizer.AppendIds(text, ids);
            Assert.That(ids, Is.EqualTo(_golden.Tokenizer.Encode(text, null, WithoutSpecial).Ids), text);
        }

        string Cut(string text)
        {
            int start = random.Next(text.Length + 1);
            return text.Substring(start, random.Next(Math.Min(60, text.Length - start) + 1));
        }
    }

    private static void AssertOverflow(Encoding actual, JsonElement expected, string message)
    {
        JsonElement overflow = expected.GetProperty("overflow");
        if (overflow.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        Assert.That(actual.Overflow, Has.Count.EqualTo(overflow.GetArrayLength()), $"windows of {message}");
        for (int i = 0; i < actual.Overflow.Count; i++)
        {
            TokenizerGolden.AssertSame(actual.Overflow[i], overflow[i], $"window {i} of {message}");
        }
    }

    private static EncodeOptions Options(JsonElement expected) => new()
    {
        MaxLength = expected.GetProperty("max_length").GetInt32(),
        Stride = expected.GetProperty("stride").GetInt32(),
        Truncation = expected.GetProperty("strategy").GetString() switch
        {
            "longest_first" => Truncation.LongestFirst,
            "only_first" => Truncation.OnlyFirst,
            "only_second" => Truncation.OnlySecond,
            var other => throw new AssertionException($"unknown truncation strategy {other}"),
        },
    };
}
