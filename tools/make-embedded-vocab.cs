// Makes the WordPiece vocabulary of the embedded encoder from the embedded training texts:
//
//   dotnet run tools/make-embedded-vocab.cs -- onnx-models/embedded/train.tsv onnx-models/embedded/encoder/vocab.txt
//
// Pieces are merged as in byte-pair encoding (Sennrich et al. 2016, section 3.2), the most frequent pair first, but
// written and later matched as WordPiece: "##" marks a piece that continues a word. Ties go to the ordinally smaller
// pair, so that the same texts give the same file everywhere. Held-out texts are not looked at.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Text;

// A piece seen less often would have an embedding that hardly any step trains.
const int RarestMerge = 3;
const string Continues = "##";

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: make-embedded-vocab TRAIN.tsv VOCAB.txt");
    return 2;
}

IEnumerable<string> texts = File.ReadLines(args[0]).Skip(1).Select(line => line.Split('\t')[1]);
List<(string[] Pieces, int Count)> words =
[
    .. texts
        .SelectMany(WordsOf)
        .Where(word => Ascii.IsValid(word))
        .CountBy(word => word)
        .OrderBy(word => word.Key, StringComparer.Ordinal)
        .Select(word => (PiecesOf(word.Key), word.Value)),
];

List<string> vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
// Every lower-case printable ASCII character, so that no English text needs [UNK]; punctuation never continues a word.
char[] ascii =
[
    .. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(code => !char.IsAsciiLetterUpper(code)),
];
vocabulary.AddRange(ascii.Select(code => code.ToString()));
vocabulary.AddRange(ascii.Where(char.IsAsciiLetterOrDigit).Select(code => Continues + code));

HashSet<string> known = [.. vocabulary];
while (MostFrequentPair(words) is { } pair)
{
    for (int at = 0; at < words.Count; at++)
    {
        words[at] = (Merged(words[at].Pieces, pair), words[at].Count);
    }

    // Two pairs can make the same piece: s + ##end and se + ##nd.
    if (known.Add(Joined(pair)))
    {
        vocabulary.Add(Joined(pair));
    }
}

File.WriteAllText(args[1], string.Concat(vocabulary.Select(piece => piece + "\n")));
Console.WriteLine(
    $"{vocabulary.Count} pieces from {words.Sum(word => word.Count)} words, {words.Count} of them different");
return 0;

// As BERT's uncased tokenizer does for English: lower case, punctuation apart. Words with accents are left out above
// instead of stripped, because stripping needs the ICU library, which the build does without.
static IEnumerable<string> WordsOf(string text)
{
    StringBuilder word = new();
    foreach (char letter in text.ToLowerInvariant())
    {
        bool apart = char.IsPunctuation(letter) || char.IsSymbol(letter);
        if ((apart || char.IsWhiteSpace(letter)) && word.Length > 0)
        {
            yield return word.ToString();
            word.Clear();
        }

        if (apart)
        {
            yield return letter.ToString();
        }
        else if (!char.IsWhiteSpace(letter))
        {
            word.Append(letter);
        }
    }

    if (word.Length > 0)
    {
        yield return word.ToString();
    }
}

static string[] PiecesOf(string word) =>
    [.. word.Select((letter, at) => at == 0 ? letter.ToString() : Continues + letter)];

static (string Left, string Right)? MostFrequentPair(List<(string[] Pieces, int Count)> words)
{
    Dictionary<(string Left, string Right), int> counts = [];
    foreach ((string[] pieces, int count) in words)
    {
        for (int at = 1; at < pieces.Length; at++)
        {
            (string, string) pair = (pieces[at - 1], pieces[at]);
            counts[pair] = counts.GetValueOrDefault(pair) + count;
        }
    }

    return counts
        .Where(pair => pair.Value >= RarestMerge)
        .OrderByDescending(pair => pair.Value)
        .ThenBy(pair => pair.Key.Left, StringComparer.Ordinal)
        .ThenBy(pair => pair.Key.Right, StringComparer.Ordinal)
        .Select(pair => ((string, string)?)pair.Key)
        .FirstOrDefault();
}

static string[] Merged(string[] pieces, (string Left, string Right) pair)
{
    List<string> merged = [];
    foreach (string piece in pieces)
    {
        if (merged.Count > 0 && (merged[^1], piece) == pair)
        {
            merged[^1] = Joined(pair);
        }
        else
        {
            merged.Add(piece);
        }
    }

    return [.. merged];
}

static string Joined((string Left, string Right) pair) => pair.Left + pair.Right[Continues.Length..];
