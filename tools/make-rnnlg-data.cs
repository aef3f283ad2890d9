// Turns a domain of the RNNLG benchmark (Wen et al., 2016: dialogue acts with sentences that say them) into JSON Lines
// of prompts and completions, one for each example.
//
//     dotnet run tools/make-rnnlg-data.cs -- rnnlg/restaurant artifacts/rnnlg/restaurant
//
// The prompt is the dialogue act and an arrow, the completion the sentence a person wrote.

#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

using System.Text.Json;
using System.Text.Json.Nodes;

(string from, string to) = args.Length == 2
    ? (args[0], args[1])
    : throw new ArgumentException("Give the folder with train.json, valid.json and test.json, and the one to write to.");
Directory.CreateDirectory(to);
foreach (string split in new[] { "train", "valid", "test" })
{
    // A frame of # with the licence stands before the array.
    string text = string.Join('\n', File.ReadLines(Path.Combine(from, split + ".json")).Where(line => !line.StartsWith('#')));
    JsonNode[] examples = [.. JsonNode.Parse(text)!.AsArray().Select(example => example!)];
    File.WriteAllLines(Path.Combine(to, split + ".jsonl"), examples.Select(example => new JsonObject
    {
        ["prompt"] = $"{(string)example[0]!} =>",
        ["completion"] = $" {(string)example[1]!}",
    }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
    Console.WriteLine($"{Path.Combine(to, split + ".jsonl")}: {examples.Length} examples");
}
