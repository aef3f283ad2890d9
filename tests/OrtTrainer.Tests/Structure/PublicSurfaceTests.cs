using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Structure;

/// <summary>
/// What the libraries promise: few public types, each with every public member documented. That members are
/// documented the compiler checks too, but not that the words lead anywhere.
/// </summary>
public sealed partial class PublicSurfaceTests
{
    private static readonly Assembly[] Documented =
    [
        typeof(FineTuner).Assembly, typeof(Study).Assembly, typeof(OrtTrainer.Extensions.RunEventLogger).Assembly,
        typeof(OrtTrainer.Server.ModelServer).Assembly,
    ];

    [Test]
    public void The_engine_has_at_most_66_public_types_with_those_inside_others()
    {
        Type[] types = typeof(FineTuner).Assembly.GetExportedTypes();

        Assert.That(types, Has.Length.LessThanOrEqualTo(66), string.Join('\n', types.Select(type => type.FullName)));
    }

    [TestCaseSource(nameof(Documented))]
    public void Every_public_type_and_member_has_documentation(Assembly library)
    {
        HashSet<string> documented = [.. Members(library).Select(member => member.Attribute("name")!.Value)];
        IEnumerable<string> expected = library.GetExportedTypes()
            .SelectMany(type => Declared(type).Select(name => $"{name}").Prepend($"T:{NameOf(type)}"));

        Assert.That(expected.Where(name => !documented.Any(id => id == name || id.StartsWith(name + "(",
            StringComparison.Ordinal))), Is.Empty);
    }

    [TestCaseSource(nameof(Documented))]
    public void Documentation_of_what_is_public_refers_to_nothing_that_is_not(Assembly library)
    {
        HashSet<string> open = [.. library.GetExportedTypes().Select(NameOf)];
        HashSet<string> closed = [.. library.GetTypes().Select(NameOf).Except(open)];
        IEnumerable<string> dead =
            from member in Members(library)
            where open.Contains(TypeOf(member.Attribute("name")!.Value, open, closed))
                && IsPublic(library, member.Attribute("name")!.Value)
            from reference in member.Descendants().Attributes("cref").Select(cref => cref.Value)
            where closed.Contains(TypeOf(reference, open, closed))
            select $"{member.Attribute("name")!.Value} refers to {reference}";

        Assert.That(dead, Is.Empty);
    }

    private static IEnumerable<XElement> Members(Assembly library) =>
        XDocument.Load(Path.ChangeExtension(library.Location, ".xml")).Descendants("member");

    // Properties, fields of enums and methods; not what the compiler makes of a record. Parameters of a record's own
    // constructor are documented with the type.
    private static IEnumerable<string> Declared(Type type)
    {
        const BindingFlags own =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        HashSet<string> parameters =
            [.. type.GetConstructors(own).SelectMany(c => c.GetParameters()).Select(p => p.Name!)];
        string name = NameOf(type);
        return type.GetProperties(own)
            .Where(property => !parameters.Contains(property.Name))
            .Select(property => $"P:{name}.{property.Name}")
            .Concat(type.GetFields(own).Where(field => !field.IsSpecialName).Select(field => $"F:{name}.{field.Name}"))
            .Concat(type.GetMethods(own)
                .Where(method => !method.IsSpecialName
                    && method.Name is not ("Deconstruct" or "Equals" or "GetHashCode")
                    && !method.Name.StartsWith('<')
                    && method.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null)
                .Select(method => $"M:{name}.{method.Name}"));
    }

    private static bool IsPublic(Assembly library, string id)
    {
        string name = Parameters().Replace(id[2..], "");
        int dot = name.LastIndexOf('.');
        Type? type = library.GetTypes().FirstOrDefault(t => NameOf(t) == name[..dot]);
        string member = name[(dot + 1)..].Replace("#ctor", ".ctor", StringComparison.Ordinal);
        return id[0] == 'T' || type?.GetMember(member) is { Length: > 0 };
    }

    private static string TypeOf(string id, HashSet<string> open, HashSet<string> closed)
    {
        string name = Parameters().Replace(id[2..], "");
        while (!open.Contains(name) && !closed.Contains(name) && name.Contains('.'))
        {
            name = name[..name.LastIndexOf('.')];
        }

        return name;
    }

    private static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    [GeneratedRegex(@"(``\d+)?\(.*$|``\d+$")]
    private static partial Regex Parameters();
}
