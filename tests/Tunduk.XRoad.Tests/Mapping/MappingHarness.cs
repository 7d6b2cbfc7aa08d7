using System.Buffers;
using System.Text;
using Tunduk.XRoad.Contracts;
using Tunduk.XRoad.Mapping;
using Tunduk.XRoad.Tests.Contracts;

namespace Tunduk.XRoad.Tests.Mapping;

/// <summary>Short ways to convert text in tests.</summary>
internal static class MappingHarness
{
    public static MessageShape Shape(string requestContent, string globals = "", string form = "qualified")
    {
        var import = ContractFiles.Schema(requestContent, globals, form);
        import.Contract.ShouldNotBeNull(string.Join('\n', import.Findings));
        return import.Contract.Operations[0].Request;
    }

    public static string ToXml(MessageShape shape, string json) => Ok(ToXmlResult(shape, json));

    public static string ToJson(MessageShape shape, string xml) => Ok(ToJsonResult(shape, xml));

    public static MappingFault XmlFault(MessageShape shape, string json) => ToXmlResult(shape, json).Result.Faults.ShouldHaveSingleItem();

    public static MappingFault JsonFault(MessageShape shape, string xml) => ToJsonResult(shape, xml).Result.Faults.ShouldHaveSingleItem();

    public static (MappingResult Result, string Text) ToXmlResult(MessageShape shape, string json, MappingLimits? limits = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = JsonToXml.Write(shape, Encoding.UTF8.GetBytes(json), output, limits);
        return (result, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    public static (MappingResult Result, string Text) ToJsonResult(MessageShape shape, string xml, MappingLimits? limits = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var result = XmlToJson.Write(shape, Encoding.UTF8.GetBytes(xml), output, limits);
        return (result, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static string Ok((MappingResult Result, string Text) outcome)
    {
        outcome.Result.Faults.ShouldBeEmpty();
        return outcome.Text;
    }
}
