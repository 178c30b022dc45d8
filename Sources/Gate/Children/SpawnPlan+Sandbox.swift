// How a process comes to start the programs of its service: it enters the service's sandbox, and makes the plan there.
// A gate does so, and `doorward exec`, so that a program has the same surroundings by both.
internal import Admission
internal import LinuxSystem
package import Sandbox
internal import ServiceModel
package import Spawner

extension SpawnPlan {
    /// Puts this process into the sandbox of a service, for good, and makes the plan of its programs.
    ///
    /// - Parameters:
    ///   - log: the descriptor that handlers with `stderr = "log"` write to; outlives the plan.
    ///   - null: a descriptor on /dev/null that outlives the plan.
    /// Errors: a step of the sandbox. Then this process must end.
    package init(entering sandbox: SandboxPlan, log: Int32, null: Int32) throws(SandboxError) {
        let service = sandbox.service
        do throws(SystemError) {
            // Each pending connection holds a descriptor, and the usual limit for a process is about a thousand.
            if service.waitingPlaces > 0 { try ProcessLimits.raise(ProcessLimits.files) }
        } catch {
            throw .failed(error)
        }
        let confinement = try Sandbox.enter(sandbox)
        do throws(SystemError) {
            for limit in ResourceLimit.ofGate(service, with: sandbox.privilege) {
                // One above the machine's is told by the rehearsal, with its key.
                try ProcessLimits.set(limit.resource, to: min(limit.value, try ProcessLimits.hard(limit.resource)))
            }
        } catch {
            throw .failed(error)
        }
        self.init(
            service: service, limits: ResourceLimit.all(of: service.limits, with: sandbox.privilege), log: log,
            null: null, confinement: confinement)
    }
}
