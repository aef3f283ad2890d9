namespace OrtTrainer.Tests.Structure;

public sealed class FolderCirclesTests
{
    private const string Low = """
        namespace Engine.Low;
        internal sealed class Base;
        """;

    [Test]
    public void Folders_of_the_engine_use_one_another_in_one_direction() =>
        Assert.That(FolderGraph.Of("OrtTrainer").FindCircle(), Is.Empty);

    [TestCase("OrtTrainer.Cli")]
    [TestCase("OrtTrainer.Graph")]
    [TestCase("OrtTrainer.Runtime")]
    [TestCase("OrtTrainer.Server")]
    [TestCase("OrtTrainer.Studies")]
    [TestCase("OrtTrainer.Text")]
    public void Folders_of_the_other_projects_do_so_but_for_the_files_beside_the_project(string project) =>
        Assert.That(FolderGraph.Of(project).FindCircle(withRoot: false), Is.Empty);

    [TestCase("Common", new string[0])]
    [TestCase("Images", new[] { "Common", "Data", "Randomness" })]
    [TestCase("Methods", new[] { "Common", "Data", "Models", "Randomness", "Tasks", "Teachers", "Training" })]
    [TestCase("Training", new[] { "Common", "Data", "Images", "Models", "Randomness" })]
    public void What_lies_low_uses_little(string folder, string[] uses) =>
        Assert.That(FolderGraph.Of("OrtTrainer").Uses(folder), Is.EqualTo(uses));

    [TestCase("using Engine.Low;\n\nnamespace Engine.High;")]
    [TestCase("using static Engine.Low.Base;")]
    [TestCase("using Short = Engine.Low.Base;")]
    [TestCase("using Engine.Low.Deeper;")]
    [TestCase("namespace Engine.High; class A { Low.Base b; }")]
    [TestCase("namespace Engine.High; class A { Engine.Low.Base b; }")]
    public void A_using_line_or_a_qualified_name_is_a_use(string high) =>
        Assert.That(Graph(("High/A.cs", high), ("Low/Base.cs", Low)).Uses("High"), Is.EqualTo(new[] { "Low" }));

    [TestCase("// using Engine.Low;\nnamespace Engine.High;")]
    [TestCase("/// <summary>See <see cref=\"Low.Base\"/>.</summary>")]
    [TestCase("class A { string s = \"Low.Base\"; }")]
    [TestCase("class A { int n = Low.Count; }")]
    public void A_comment_a_text_or_a_member_of_that_name_is_none(string high) =>
        Assert.That(Graph(("High/A.cs", high), ("Low/Base.cs", Low)).Uses("High"), Is.Empty);

    [Test]
    public void A_type_of_the_root_is_used_by_its_name_alone()
    {
        FolderGraph graph = Graph(
            ("Door.cs", "using Engine.Low;\nnamespace Engine; class Door;"),
            ("Low/Base.cs", "namespace Engine.Low; class Base { Door door; }"));

        Assert.That(graph.FindCircle(), Is.EqualTo(new[] { ". -> Low in Door.cs", "Low -> . in Low/Base.cs" }));
    }

    [Test]
    public void A_circle_is_told_from_its_first_folder_without_the_way_that_leads_to_it()
    {
        FolderGraph graph = Graph(
            ("A/One.cs", "using Engine.B;"),
            ("B/Two.cs", "using Engine.C;\nusing Engine.D;"),
            ("C/Three.cs", ""),
            ("D/Four.cs", "using Engine.B;"));

        Assert.That(graph.FindCircle(), Is.EqualTo(new[] { "B -> D in B/Two.cs", "D -> B in D/Four.cs" }));
    }

    private static FolderGraph Graph(params (string Path, string Text)[] sources) =>
        new("Engine", sources.ToDictionary(source => source.Path, source => source.Text));
}
