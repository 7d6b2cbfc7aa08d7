using Tunduk.Adapter.Configuration;

namespace Tunduk.Adapter.Doctor;

/// <summary>One thing the doctor looked at. Holds names, dates and sizes; no personal data and no secret.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">What was looked at.</param>
/// <param name="Fault">What was found.</param>
/// <param name="Remedy">What cures it; null when nothing has to be done.</param>
internal sealed record DoctorFinding(DoctorSeverity Severity, string Subject, string Fault, string? Remedy)
{
    /// <summary>Days until the subject expires, where it does.</summary>
    public double? DaysLeft { get; init; }

    public static DoctorFinding Of(SettingFault fault) => new(DoctorSeverity.Fault, fault.Setting, fault.Fault, fault.Remedy);

    public static DoctorFinding Ok(string subject, string found) => new(DoctorSeverity.Ok, subject, found, null);

    public static DoctorFinding Warning(string subject, string found, string remedy) => new(DoctorSeverity.Warning, subject, found, remedy);

    public static DoctorFinding Broken(string subject, string found, string remedy) => new(DoctorSeverity.Fault, subject, found, remedy);

    public override string ToString() => Remedy is null ? $"{Subject}: {Fault}" : $"{Subject}: {Fault}. {Remedy}";
}
