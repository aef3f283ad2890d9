using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text;

/// <summary>Ids and decoded texts of the SentencePiece library itself, for every model it was asked about.</summary>
public sealed class SentencePieceGoldenTests
{
    [Test]
    public void Ids_and_decoded_texts_are_those_of_the_library()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("tokenizers",
            "sentencepiece.json")));
        foreach (JsonProperty model in document.RootElement.EnumerateObject())
        {
            string path = SharedFiles.SharedPath("tokenizers", "trained", model.Name, "spiece.model");
            Tokenizer tokenizer = Tokenizer.FromSentencePiece(path);
            foreach (JsonElement expected in model.Value.EnumerateArray())
            {
                string text = expected.GetProperty("text").GetString()!;
                int[] ids = TokenizerGolden.Numbers(expected, "ids");
                using (Assert.EnterMultipleScope())
                {
                    Assert.That(tokenizer.Encode(text).Ids, Is.EqualTo(ids), $"{model.Name}: '{text}'");
                    Assert.That(tokenizer.Decode(ids), Is.EqualTo(expected.GetProperty(
                        "decoded").GetString()), model.Name);
                }
            }
        }
    }
}
