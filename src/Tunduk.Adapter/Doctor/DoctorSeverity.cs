namespace Tunduk.Adapter.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum DoctorSeverity
{
    /// <summary>In order.</summary>
    Ok,

    /// <summary>It works, and will not for ever, or is less safe than it could be.</summary>
    Warning,

    /// <summary>It does not work, or a secret is open.</summary>
    Fault,
}
