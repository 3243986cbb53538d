import { type Report, type Simulation, simulate } from './simulate.ts';

/** Shorter nights than this cannot come to an end. */
const HOURS_MIN = 1;

/** Drops faults and hours as long as the same law is broken; answers the smallest that still breaks it. */
export async function shrink(simulation: Simulation, failed: Report): Promise<Report> {
  const { told: _, ...quiet } = simulation;
  const law = failed.violations[0]?.law;
  let least = failed;
  const tries = async (changed: Partial<Simulation>): Promise<boolean> => {
    const report = await simulate({ ...quiet, hours: least.hours, faults: new Set(least.faults), ...changed });
    if (report.violations[0]?.law !== law) return false;
    least = report;
    return true;
  };
  for (let hours = Math.floor(least.hours / 2); hours >= HOURS_MIN && (await tries({ hours })); hours = Math.floor(hours / 2));
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const fault of least.faults) {
      const faults = new Set(least.faults.filter((other) => other !== fault));
      isSmaller = (await tries({ faults })) || isSmaller;
    }
  }
  return least;
}
