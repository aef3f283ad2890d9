using OrtTrainer.Data;
using OrtTrainer.Data.Sources;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data.Sources;

/// <summary>Folders as Hugging Face's datasets save them and as the Hub stores them.</summary>
public sealed class DatasetFolderTests
{
    private const string Features = """
        {"text": {"dtype": "string", "_type": "Value"}, "label": {"names": ["bad", "good"], "_type": "ClassLabel"}}
        """;

    private const string Card = """
        ---
        license: mit
        dataset_info:
          features:
          - name: text
            dtype: string
          - name: label
            dtype:
              class_label:
                names:
                  '0': bad
                  '1': good
        configs:
        - config_name: default
          data_files:
          - split: train
            path: data/train-*
          - split: validation
            path: data/validation-*
          - split: test
            path: data/test-*
        ---
        # A data set
        """;

    private static readonly (string, long)[] Rows = [("a", 1), ("b", 0), ("c", 1)];

    [Test]
    public void Splits_that_were_saved_are_chosen_by_name_with_the_names_of_labels()
    {
        using TemporaryFolder folder = new();
        Save(folder, "saved/train", [Rows, [("d", 0)]], Features);
        Save(folder, "saved/validation", [[("e", 1), ("f", 0)]], Features);
        File.WriteAllText(folder.File("saved/dataset_dict.json"), """{"splits": ["train", "validation"]}""");
        string saved = folder.File("saved");
        List<string> notes = [];

        DataSplits data = LabeledData.Load(new DataOptions { Train = saved }, notes.Add);

        Assert.That(Texts(data.Train), Is.EqualTo("a b c d"));
        Assert.That(Texts(data.Eval), Is.EqualTo("e f"));
        Assert.That(data.EvalOrigin, Is.EqualTo($"{saved}:validation"));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "bad", "good" }));
        Assert.That(notes, Has.Some.StartsWith($"{saved}:validation is evaluated on, the data set's own split"));
        Assert.That(Texts(LabeledData.Load(new DataOptions { Train = saved, Eval = $"{saved}:train" }).Eval),
            Is.EqualTo("a b c d"));
    }

    [Test]
    public void One_split_that_was_saved_is_read_whatever_it_is_called()
    {
        using TemporaryFolder folder = new();
        Save(folder, "saved", [Rows], Features);

        Assert.That(TableReader.Read(folder.File("saved")).Select(row => row["label"]),
            Is.EqualTo(new[] { "good", "bad", "good" }));
    }

    [Test]
    public void Files_of_the_Hub_are_found_by_their_card()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("hub/data"));
        ParquetRows.WriteLabelled(folder.File("hub/data/train-00000-of-00002.parquet"), [("a", 1), ("b", 0)]);
        ParquetRows.WriteLabelled(folder.File("hub/data/train-00001-of-00002.parquet"), [("c", 1)]);
        ParquetRows.WriteLabelled(folder.File("hub/data/validation-00000-of-00001.parquet"), [("d", 1), ("e", 0)]);
        ParquetRows.WriteLabelled(folder.File("hub/data/test-00000-of-00001.parquet"), [("f", 0), ("g", 1)]);
        File.WriteAllText(folder.File("hub/README.md"), Card);
        string hub = folder.File("hub");

        DataSplits data = LabeledData.Load(new DataOptions { Train = hub, Test = hub });

        Assert.That((Texts(data.Train), Texts(data.Eval), Texts(data.Test!)), Is.EqualTo(("a b c", "d e", "f g")));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "bad", "good" }));
        Assert.That(data.Train.Examples[0].Label, Is.EqualTo("good"));
    }

    [TestCase("data/train-00000-of-00001.jsonl", "data/validation-00000-of-00001.jsonl")]
    [TestCase("train.jsonl", "dev.jsonl")]
    [TestCase("train/part.jsonl", "valid/part.jsonl")]
    [TestCase("my_train_set.jsonl", "my-val-set.jsonl")]
    public void Without_a_card_names_tell_the_splits(string train, string eval)
    {
        using TemporaryFolder folder = new();
        Write(folder, train, "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\", \"label\": \"y\"}\n");
        Write(folder, eval, "{\"text\": \"c\", \"label\": \"x\"}\n");
        Write(folder, "dataset_infos.json", "{}");

        DatasetFolder found = DatasetFolder.Open(folder.Path);

        Assert.That(found.Splits, Is.EqualTo(new[] { "train", "validation" }));
        Assert.That(found.FilesOf("validation")!.Single().Path, Is.EqualTo(folder.File(eval)));
    }

    [Test]
    public void One_of_several_configurations_is_chosen_behind_a_colon()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("README.md"), """
            ---
            configs:
            - config_name: de
              data_files:
              - split: train
                path: de/train.csv
            - config_name: en
              data_files:
                train: en/train.csv
                test: en/test.csv
            ---
            """);
        Write(folder, "de/train.csv", "text,label\nja,x\n");
        Write(folder, "en/train.csv", "text,label\nyes,x\n");
        Write(folder, "en/test.csv", "text,label\nno,x\n");

        Assert.That(() => TableReader.Read(folder.Path).Count(), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("has several configurations, de, en; choose one, such as"));
        Assert.That(TableReader.Read($"{folder.Path}:de").Single()["text"], Is.EqualTo("ja"));
        Assert.That(TableReader.Read($"{folder.Path}:en/test").Single()["text"], Is.EqualTo("no"));
        Assert.That(() => TableReader.Read($"{folder.Path}:en/dev").Count(), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("no split 'dev'. Splits: train, test."));
    }

    [Test]
    public void Several_splits_without_a_choice_and_a_folder_without_data_are_refused()
    {
        using TemporaryFolder folder = new();
        Write(folder, "set/train.csv", "text,label\na,x\n");
        Write(folder, "set/test.csv", "text,label\na,x\n");
        Write(folder, "empty/notes.docx", "");
        string set = folder.File("set");

        Assert.That(() => TableReader.Read(set).Count(), Throws.TypeOf<DataFileException>()
            .With.Message.EqualTo($"{set}: the data set has the splits train, test; name one, such as {set}:test."));
        Assert.That(() => TableReader.Read(folder.File("empty")).Count(), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("this folder has no data in it; expected one that datasets saved"));
    }

    [Test]
    public void Tags_that_are_numbers_get_the_names_of_the_features()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("ner"));
        ArrowFiles.WriteTagged(folder.File("ner/data-00000-of-00001.arrow"), (["Ada", "flew"], [1, 0]));
        State(folder.File("ner"), 1);
        File.WriteAllText(folder.File("ner/dataset_info.json"), """
            {"features": {
                "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"},
                "ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}, "length": -1,
                             "_type": "Sequence"}}}
            """);
        DataOptions options = new()
        {
            Train = folder.File("ner"), Task = ModelTask.Named("token_classification"),
        };

        Dataset data = LabeledData.LoadTrain(options);

        Assert.That(((TaggedExample)data.Examples[0]).Tags, Is.EqualTo(new[] { "B-PER", "O" }));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "O", "B-PER", "I-PER" }));
    }

    [Test]
    public void Rows_that_are_chosen_by_indices_are_refused()
    {
        using TemporaryFolder folder = new();
        Save(folder, "old", [Rows], Features);
        File.WriteAllText(folder.File("old/state.json"), """
            {"_data_files": [{"filename": "dataset.arrow"}], "_indices_files": [{"filename": "indices.arrow"}]}
            """);

        Assert.That(() => TableReader.Read(folder.File("old")).Count(),
            Throws.TypeOf<DataFileException>().With.Message.Contains("Call flatten_indices()"));
    }

    private static void Save(TemporaryFolder folder, string name, (string, long)[][] shards, string features)
    {
        Directory.CreateDirectory(folder.File(name));
        for (int i = 0; i < shards.Length; i++)
        {
            ArrowFiles.WriteStream(folder.File($"{name}/data-{i:00000}-of-{shards.Length:00000}.arrow"), shards[i]);
        }

        State(folder.File(name), shards.Length);
        File.WriteAllText(folder.File($"{name}/dataset_info.json"), $$"""
            {"citation": "", "description": "", "features": {{features}}, "homepage": "", "license": ""}
            """);
    }

    private static void State(string folder, int shards)
    {
        IEnumerable<string> files =
            Enumerable.Range(0, shards).Select(i => $$"""{"filename": "data-{{i:00000}}-of-{{shards:00000}}.arrow"}""");
        File.WriteAllText(Path.Combine(folder, "state.json"), $$"""
            {"_data_files": [{{string.Join(", ", files)}}], "_fingerprint": "0123456789abcdef", "_format_columns": null,
             "_format_kwargs": {}, "_format_type": null, "_output_all_columns": false, "_split": null}
            """);
    }

    private static void Write(TemporaryFolder folder, string name, string content)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static string Texts(Dataset data) => string.Join(' ', data.Examples.Select(example => example.Text));
}
