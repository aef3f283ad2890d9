// Prepares a small GPT-2 to be pre-trained here: paragraphs of Wikipedia, one per line, and a configuration.
//
//     dotnet run tools/make-gpt2-data.cs -- wikipedia_en_AA.tar.gz artifacts/gpt2
//     orttrainer tokenizer train artifacts/gpt2/train.txt --kind byte_level_bpe --vocabulary-size 4000 --out artifacts/gpt2/model
//
// The archive holds what WikiExtractor wrote: articles in <doc ...> elements, a paragraph per line. Paragraphs of the
// first 10 files are taken to train on and some of the eleventh to score on; headings and other short lines are left out.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Formats.Tar;
using System.IO.Compression;

const int TrainingFiles = 10;
const int EvaluationParagraphs = 200;
const int ShortestParagraph = 80;

(string archive, string to) = args.Length == 2
    ? (args[0], args[1])
    : throw new ArgumentException("Give the archive of articles and the folder to write to.");
string model = Path.Combine(to, "model");
Directory.CreateDirectory(model);

using FileStream file = File.OpenRead(archive);
using GZipStream unpacked = new(file, CompressionMode.Decompress);
using TarReader entries = new(unpacked);
using (StreamWriter train = new(Path.Combine(to, "train.txt")))
{
    for (int i = 0; i < TrainingFiles; i++)
    {
        foreach (string paragraph in Paragraphs(NextFile()))
        {
            train.WriteLine(paragraph);
        }
    }
}

File.WriteAllLines(Path.Combine(to, "eval.txt"), Paragraphs(NextFile()).Take(EvaluationParagraphs));
File.WriteAllText(Path.Combine(model, "config.json"), """
    {
      "architectures": ["GPT2LMHeadModel"],
      "model_type": "gpt2",
      "vocab_size": 4000,
      "n_positions": 256,
      "n_embd": 128,
      "n_layer": 4,
      "n_head": 4,
      "activation_function": "gelu_new",
      "embd_pdrop": 0.0,
      "attn_pdrop": 0.0,
      "resid_pdrop": 0.0,
      "initializer_range": 0.02,
      "layer_norm_epsilon": 1e-5,
      "bos_token_id": 0,
      "pad_token_id": 1,
      "eos_token_id": 2
    }

    """);

TarEntry NextFile()
{
    while (entries.GetNextEntry() is { } entry)
    {
        if (entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile)
        {
            return entry;
        }
    }

    throw new InvalidDataException($"{archive} has fewer than {TrainingFiles + 1} files.");
}

static IEnumerable<string> Paragraphs(TarEntry entry)
{
    using StreamReader lines = new(entry.DataStream!);
    while (lines.ReadLine() is { } line)
    {
        if (line.Length >= ShortestParagraph && !line.StartsWith('<'))
        {
            yield return line;
        }
    }
}
